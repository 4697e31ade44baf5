use std::collections::HashSet;

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::code::code;
use crate::engine::glossary::emphasised_term;

/// A heading below the title, for a list of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    pub id: String,
    pub text: String,
}

/// Returns Markdown as HTML, with its headings. The title, `# …`, is left out.
///
/// HTML in the text is shown as text. A link leads to `http`, `https`, `mailto` or `#`; `image`
/// returns the `data:` address of an image, or `None` to show its description instead.
/// `ids` are the ids that the page has already.
pub fn prose(
    markdown: &str,
    image: &dyn Fn(&str) -> Option<String>,
    ids: &mut HashSet<String>,
) -> (Markup, Vec<Heading>) {
    let events: Vec<Event> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut headings = Vec::new();
    let mut safe = Vec::with_capacity(events.len());
    let mut rest = events.into_iter();
    let mut open_links = Vec::new();
    while let Some(event) = rest.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inner: Vec<Event> = rest
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                if level == HeadingLevel::H1 {
                    continue;
                }
                let heading = Heading::new(&text_of(&inner), ids);
                safe.push(Event::Start(Tag::Heading {
                    level: HeadingLevel::H2,
                    id: Some(heading.id.clone().into()),
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }));
                headings.push(heading);
                safe.extend(inner.into_iter().map(escaped));
                safe.push(Event::End(TagEnd::Heading(HeadingLevel::H2)));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let inner: Vec<Event> = rest
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)))
                    .collect();
                safe.push(Event::Html(block(&kind, &text_of(&inner)).into()));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let inner: Vec<Event> = rest
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Image)))
                    .collect();
                let text = text_of(&inner);
                safe.push(match image(&dest_url) {
                    Some(data) => {
                        let image = html! { img src=(data) alt=(text); };
                        Event::InlineHtml(image.into_string().into())
                    }
                    None => Event::Text(text.into()),
                });
            }
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                open_links.push(is_allowed(dest_url));
                safe.extend(is_allowed(dest_url).then_some(event));
            }
            Event::End(TagEnd::Link) => {
                safe.extend(open_links.pop().unwrap_or_default().then_some(event));
            }
            Event::Start(Tag::Emphasis | Tag::Strong) => match defined(rest.as_slice()) {
                Some(definition) => {
                    rest.nth(1);
                    safe.push(Event::InlineHtml(definition.into()));
                }
                None => safe.push(event),
            },
            event => safe.push(escaped(event)),
        }
    }
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, safe.into_iter());
    (PreEscaped(out), headings)
}

/// Returns one paragraph of Markdown without the paragraph's own element, for labels.
pub fn inline(markdown: &str) -> Markup {
    let (markup, _) = prose(markdown, &|_| None, &mut HashSet::new());
    let text = markup.into_string();
    let inner = text.trim().strip_prefix("<p>");
    let inner = inner.and_then(|text| text.strip_suffix("</p>"));
    PreEscaped(inner.unwrap_or(&text).replace("</p>\n<p>", " "))
}

impl Heading {
    fn new(text: &str, ids: &mut HashSet<String>) -> Self {
        let letters = text.to_lowercase();
        let words = letters.split(|letter: char| !letter.is_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let name = words.join("-");
        let mut id = name.clone();
        let mut number = 2;
        while id.is_empty() || !ids.insert(id.clone()) {
            id = format!("{name}-{number}");
            number += 1;
        }
        Self {
            id,
            text: text.to_owned(),
        }
    }
}

fn block(kind: &CodeBlockKind, text: &str) -> String {
    let language = match kind {
        CodeBlockKind::Fenced(language) => &**language,
        CodeBlockKind::Indented => "rhai",
    };
    let is_ours = matches!(language, "" | "rhai");
    let markup = html! {
        pre tabindex="0" { code {
            @if is_ours { (code(text)) } @else { (text) }
        } }
    };
    markup.into_string()
}

/// Returns the term that is emphasised here, with the first sentence of the glossary about it.
fn defined(after_start: &[Event]) -> Option<String> {
    let [
        Event::Text(text),
        Event::End(TagEnd::Emphasis | TagEnd::Strong),
        ..,
    ] = after_start
    else {
        return None;
    };
    let term = emphasised_term(text)?;
    Some(html! { dfn title=(term.summary()) { (text) } }.into_string())
}

/// Returns HTML of the author as text.
fn escaped(event: Event) -> Event {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Text(text) => Event::Text(CowStr::from(crate::error::visible(&text).into_owned())),
        event => event,
    }
}

fn is_allowed(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    address.starts_with('#')
        || scheme.is_some_and(|scheme| {
            ["http", "https", "mailto"]
                .iter()
                .any(|allowed| scheme.eq_ignore_ascii_case(allowed))
        })
}

fn text_of(events: &[Event]) -> String {
    let texts = events.iter().map(|event| match event {
        Event::Text(text) | Event::Code(text) => &**text,
        Event::SoftBreak | Event::HardBreak => " ",
        _ => "",
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markup(markdown: &str) -> String {
        let no_images = |_: &str| None;
        prose(markdown, &no_images, &mut HashSet::new())
            .0
            .into_string()
    }

    #[test]
    fn html_and_foreign_links_are_text() {
        assert_eq!(
            markup("a <script>alert(1)</script> & [x](javascript:alert) [y](https://a.example/)"),
            "<p>a &lt;script&gt;alert(1)&lt;/script&gt; &amp; x <a href=\"https://a.example/\">y</a></p>\n"
        );
        assert_eq!(
            markup("<div onclick=\"x\">\n"),
            "&lt;div onclick=\"x\"&gt;\n"
        );
        assert_eq!(markup("![a boat](../boat.png)"), "<p>a boat</p>\n");
        assert_eq!(
            markup("\u{202e}x \u{1b}[2J"),
            "<p>\\u202ex \\u001b[2J</p>\n"
        );
    }

    #[test]
    fn an_emphasised_term_has_its_definition() {
        let title = emphasised_term("read concern").unwrap().summary();
        assert_eq!(
            markup("a *read concern* and *a boat*"),
            format!("<p>a <dfn title=\"{title}\">read concern</dfn> and <em>a boat</em></p>\n")
        );
    }

    #[test]
    fn headings_have_ids_and_the_title_is_left_out() {
        let mut ids = HashSet::new();
        let text = "# Pools\n\n## What *it* does\n\n## What it does\n\n## ?\n";
        let (_, headings) = prose(text, &|_| None, &mut ids);
        let ids: Vec<&str> = headings.iter().map(|heading| &*heading.id).collect();
        assert_eq!(ids, ["what-it-does", "what-it-does-2", "-2"]);
    }
}
