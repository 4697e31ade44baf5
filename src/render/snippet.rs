//! A report as a compiler would show it, through `annotate-snippets`.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::report::{Report, Shown};

/// A line longer than this is cut around the place.
const LONGEST: usize = 120;

impl Report {
    /// The report for a person. `width` is the terminal's; colours are escape codes that a stream may strip.
    pub fn render(&self, width: usize) -> String {
        let mut title = Level::ERROR.primary_title(self.message.as_str());
        if let Some(kind) = &self.kind {
            title = title.id(kind.as_str());
        }
        let mut group = Group::with_title(title);
        if let Some(shown) = &self.shown {
            group = group.elements(elements(shown, AnnotationKind::Primary, None));
        }
        for caller in &self.callers {
            let label = Some(caller.what.as_str());
            group = group.elements(elements(&caller.shown, AnnotationKind::Context, label));
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        for hint in &self.hints {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let rendered = Renderer::styled().term_width(width).render(&[group]);
        super::redact(&rendered)
    }
}

/// A place as the renderer takes it: its line with the spot marked, or its name alone where we have no text.
fn elements<'a>(
    shown: &'a Shown,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Vec<Element<'a>> {
    let place = &shown.place;
    let name = place.source.as_deref().unwrap_or("<script>");
    let origin = Origin::path(name)
        .line(place.line)
        .char_column(place.column.max(1));
    let Some(line) = shown.line() else {
        return vec![origin.into()];
    };
    let span = shown.span();
    let cut = Cut::around(line, &span);
    let annotation = kind.span(cut.span.clone()).label(label);
    let snippet = Snippet::source(cut.text)
        .line_start(place.line)
        .annotation(annotation);
    if cut.is_whole {
        vec![snippet.path(name).into()]
    } else {
        vec![origin.into(), snippet.into()]
    }
}

/// The part of a line that is shown, and where the spot lies in it.
struct Cut {
    text: String,
    span: std::ops::Range<usize>,
    is_whole: bool,
}

impl Cut {
    fn around(line: &str, span: &std::ops::Range<usize>) -> Self {
        if line.len() <= LONGEST {
            return Self {
                text: line.to_owned(),
                span: span.clone(),
                is_whole: true,
            };
        }
        let start = floor(line, span.start.saturating_sub(LONGEST / 2));
        let end = floor(line, (start + LONGEST).min(line.len()));
        let before = if start > 0 { "…" } else { "" };
        let after = if end < line.len() { "…" } else { "" };
        let shift = |offset: usize| offset.min(end) - start + before.len();
        Self {
            text: format!("{before}{}{after}", &line[start..end]),
            span: shift(span.start)..shift(span.end),
            is_whole: false,
        }
    }
}

/// The nearest boundary of a character at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset)
        .rev()
        .find(|offset| text.is_char_boundary(*offset))
        .unwrap_or(0)
}
