//! Markdown for a terminal: headings, emphasis, code, lists and quotations, wrapped to a width.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use super::highlight::highlight;
use crate::engine::glossary::emphasised_term;

const TITLE: Style = AnsiColor::Cyan.on_default().bold().underline();
const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const CODE: Style = AnsiColor::Yellow.on_default();
const QUIET: Style = AnsiColor::BrightBlack.on_default();

/// The non-breaking space that replaces spaces inside code.
const NON_BREAKING: char = '\u{a0}';

/// Renders Markdown for a terminal of `width` columns, with ANSI colours.
///
/// ```
/// use seaworthy::render::prose;
///
/// let text = prose("# Pools\n\nA pool *keeps*\nconnections:\n\n- `shop`\n- other\n", 40);
/// let plain = anstream::adapter::strip_str(&text).to_string();
/// assert_eq!(plain, "Pools\n\nA pool keeps connections:\n\n• shop\n• other\n");
/// ```
pub fn prose(markdown: &str, width: usize) -> String {
    page(markdown, width, false)
}

/// Renders Markdown for an output without colours: code keeps its back quotes.
///
/// ```
/// use seaworthy::render::prose_without_colours;
///
/// assert_eq!(prose_without_colours("`t` is a *prompt*", 40), "`t` is a prompt\n");
/// ```
pub fn prose_without_colours(markdown: &str, width: usize) -> String {
    let text = page(markdown, width, true);
    anstream::adapter::strip_str(&text).to_string()
}

fn page(markdown: &str, width: usize, keeps_quotes: bool) -> String {
    let mut page = Page {
        width: width.max(20),
        keeps_quotes,
        ..Page::default()
    };
    for event in Parser::new(markdown) {
        page.take(event);
    }
    page.break_line();
    page.out
}

#[derive(Default)]
struct Page {
    out: String,
    width: usize,
    /// The words of the paragraph so far, each with its style.
    spans: Vec<(Style, String)>,
    styles: Vec<Style>,
    /// The open lists: the next number of each, or `None` for bullets.
    lists: Vec<Option<u64>>,
    /// The bullet or number of an item whose first line is not written yet.
    marker: Option<String>,
    quotes: usize,
    /// A code block's language and text.
    block: Option<(String, String)>,
    wants_gap: bool,
    /// Whether code keeps its back quotes.
    keeps_quotes: bool,
}

impl Page {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.block {
                Some((_, block)) => block.push_str(&text),
                None => self.spans.push((self.text_style(&text), text.to_string())),
            },
            Event::Code(code) => {
                let quote = if self.keeps_quotes { "`" } else { "" };
                let code = format!("{quote}{code}{quote}");
                let code = code.replace(' ', &NON_BREAKING.to_string());
                self.spans.push((CODE, code));
            }
            Event::SoftBreak => self.spans.push((self.style(), " ".into())),
            Event::HardBreak => self.break_line(),
            Event::Rule => {
                self.gap();
                let _ = writeln!(self.out, "{QUIET}{}{QUIET:#}", "─".repeat(self.width));
                self.wants_gap = true;
            }
            Event::Html(text) | Event::InlineHtml(text) => {
                self.spans.push((self.style(), text.to_string()));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        let style = self.style();
        match tag {
            Tag::Paragraph => self.gap(),
            Tag::Heading { level, .. } => {
                self.gap();
                let is_title = level == HeadingLevel::H1;
                self.styles.push(if is_title { TITLE } else { HEADING });
            }
            Tag::Emphasis => self.styles.push(style.italic()),
            Tag::Strong => self.styles.push(style.bold()),
            Tag::BlockQuote(_) => {
                self.gap();
                self.quotes += 1;
            }
            Tag::List(first) => {
                self.break_line();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".into(),
                };
                self.marker = Some(marker);
            }
            Tag::CodeBlock(kind) => {
                self.break_line();
                self.gap();
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.block = Some((language, String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.break_line();
                self.wants_gap = true;
            }
            TagEnd::Heading(_) => {
                self.break_line();
                self.styles.pop();
                self.wants_gap = true;
            }
            TagEnd::Emphasis | TagEnd::Strong => {
                self.styles.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.wants_gap = true;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.wants_gap = self.lists.is_empty();
            }
            TagEnd::Item => self.break_line(),
            TagEnd::CodeBlock => self.code_block(),
            _ => {}
        }
    }

    /// Returns the style of a text. A term of the glossary is underlined where it is emphasised.
    fn text_style(&self, text: &str) -> Style {
        match self.styles.is_empty() {
            false if emphasised_term(text).is_some() => self.style().underline(),
            _ => self.style(),
        }
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    /// Writes an empty line between blocks, except at the start and after a bullet.
    fn gap(&mut self) {
        if self.wants_gap && !self.out.is_empty() && self.marker.is_none() {
            let margin = self.quote_margin();
            let _ = writeln!(self.out, "{}", margin.trim_end());
        }
        self.wants_gap = false;
    }

    fn code_block(&mut self) {
        let Some((language, text)) = self.block.take() else {
            return;
        };
        let text = if matches!(language.as_str(), "" | "rhai" | "js") {
            highlight(&text, &[])
        } else {
            text
        };
        for line in text.lines() {
            let _ = writeln!(self.out, "{}    {line}", self.quote_margin());
        }
        self.wants_gap = true;
    }

    fn quote_margin(&self) -> String {
        format!("{QUIET}│{QUIET:#} ").repeat(self.quotes)
    }

    /// Writes the collected words as wrapped lines.
    fn break_line(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        let words = words(&spans);
        if words.is_empty() {
            return;
        }
        let indent = 2 * self.lists.len().saturating_sub(1);
        let marker = self.marker.take();
        let hanging = match &marker {
            Some(marker) => marker.width(),
            None if self.lists.is_empty() => 0,
            None => 2,
        };
        let margin = format!("{}{}", self.quote_margin(), " ".repeat(indent));
        let room = self
            .width
            .saturating_sub(2 * self.quotes + indent + hanging)
            .max(10);
        for (number, line) in wrapped(&words, room).into_iter().enumerate() {
            let lead = match (&marker, number) {
                (Some(marker), 0) => marker.clone(),
                _ => " ".repeat(hanging),
            };
            let _ = writeln!(self.out, "{margin}{lead}{line}");
        }
    }
}

/// A word: pieces without a space between them, each in its style.
type Word = Vec<(Style, String)>;

fn words(spans: &[(Style, String)]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (style, text) in spans {
        for (index, piece) in text.split(' ').enumerate() {
            if index > 0 {
                open = false;
            }
            if piece.is_empty() {
                continue;
            }
            let piece = (*style, piece.to_owned());
            match words.last_mut().filter(|_| open) {
                Some(word) => word.push(piece),
                None => words.push(vec![piece]),
            }
            open = true;
        }
    }
    words
}

fn wrapped(words: &[Word], room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line: Vec<&(Style, String)> = Vec::new();
    let mut used = 0;
    let space = (Style::new(), " ".to_owned());
    for word in words {
        let width: usize = word.iter().map(|(_, piece)| piece.width()).sum();
        if used > 0 && used + 1 + width > room {
            lines.push(painted(&line));
            line.clear();
            used = 0;
        }
        if used > 0 {
            line.push(&space);
            used += 1;
        }
        line.extend(word);
        used += width;
    }
    lines.push(painted(&line));
    lines
}

/// Styles the pieces. A space between two pieces of one style gets that style, except in code.
fn painted(line: &[&(Style, String)]) -> String {
    let mut out = String::new();
    for (index, (style, piece)) in line.iter().enumerate() {
        let neighbours = (
            index.checked_sub(1).and_then(|before| line.get(before)),
            line.get(index + 1),
        );
        let style = match (piece.as_str(), neighbours) {
            (" ", (Some(before), Some(after))) if before.0 == after.0 && before.0 != CODE => {
                before.0
            }
            _ => *style,
        };
        let piece = piece.replace(NON_BREAKING, " ");
        let _ = write!(out, "{style}{piece}{style:#}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&prose(markdown, width)).to_string()
    }

    #[test]
    fn lists_are_indented_and_nested() {
        let text = plain(
            "Two:\n\n1. one and some more words\n2. two\n   - inner item\n\nEnd.",
            20,
        );
        assert_eq!(
            text,
            "Two:\n\n1. one and some more\n   words\n2. two\n  • inner item\n\nEnd.\n"
        );
    }

    #[test]
    fn quotations_and_code_blocks_are_kept() {
        let text = plain("> Every program\n> — Saltzer\n\n```\nlet x = 1;\n```\n", 40);
        assert_eq!(text, "│ Every program — Saltzer\n\n    let x = 1;\n");
    }

    #[test]
    fn code_is_not_wrapped_and_wide_letters_count_twice() {
        assert_eq!(
            plain("a `b c d e f g h i j` k", 20),
            "a b c d e f g h i j\nk\n"
        );
        assert_eq!(
            plain("船船船船船 船船船船船 x", 21),
            "船船船船船 船船船船船\nx\n"
        );
    }
}
