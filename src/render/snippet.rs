//! A report in the style of compiler errors, through `annotate-snippets`.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::diagnose::report::{Report, SourceExcerpt};
use crate::error::{visible, visible_with_styles};

/// The maximum number of bytes shown after the marked place in a line.
const LONGEST: usize = 200;

/// The maximum number of callers shown.
const MOST_CALLERS: usize = 6;

impl Report {
    /// Returns the report as text with ANSI colours, for a terminal of `width` columns.
    pub fn render(&self, width: usize) -> String {
        let message = visible(&self.message);
        let mut title = Level::ERROR.primary_title(&*message);
        if let Some(kind) = &self.kind {
            title = title.id(kind.as_str());
        }
        let mut group = Group::with_title(title);
        if let Some(shown) = &self.shown {
            group = group.element(element(shown));
        }
        let callers = self.callers();
        for caller in &callers {
            group = group.element(Level::NOTE.message(caller.as_str()));
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        let renderer = Renderer::styled().term_width(width);
        let has_place = self.shown.is_some();
        for hint in self.hints.iter().filter(|_| has_place) {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let mut rendered = renderer.render(&[group]);
        // Without a source line, the renderer would draw an empty margin above the hint.
        for hint in self.hints.iter().filter(|_| !has_place) {
            let hint = Group::with_title(Level::HELP.secondary_title(hint.as_str()));
            rendered.push_str("\n  = ");
            rendered.push_str(&renderer.render(&[hint]).replace('\n', "\n    "));
        }
        visible_with_styles(&crate::error::redact(&rendered)).into_owned()
    }

    /// Returns one line per caller; repeated ones are counted.
    fn callers(&self) -> Vec<String> {
        let mut lines: Vec<(String, usize)> = Vec::new();
        for caller in &self.callers {
            let line = format!("{} {}", caller.what, caller.shown.place);
            match lines.last_mut() {
                Some((last, times)) if *last == line => *times += 1,
                _ => lines.push((line, 1)),
            }
        }
        if lines.len() > MOST_CALLERS {
            // Leave out the middle: the first and the last calls are more useful.
            let dropped = lines.len() - MOST_CALLERS;
            lines.splice(
                MOST_CALLERS - 1..lines.len() - 1,
                [(format!("… {} more …", dropped + 1), 1)],
            );
        }
        lines
            .into_iter()
            .map(|(line, times)| match times {
                1 => line,
                _ => format!("{line} ({times} times)"),
            })
            .collect()
    }
}

/// Returns the source line with the place marked, or only the place if the text is unknown.
fn element(shown: &SourceExcerpt) -> Element<'_> {
    let place = &shown.place;
    let name = place.source.as_deref().unwrap_or("<script>");
    let Some(line) = shown.line() else {
        return Origin::path(name)
            .line(place.line)
            .char_column(place.column.max(1))
            .into();
    };
    let (line, span) = crate::error::redact::hide_passwords(line, shown.span());
    let before = |at: usize| visible(&line[..at]).len();
    let (span, line) = (before(span.start)..before(span.end), visible(&line));
    // Cut a very long line only after the place, because the text before it gives the column.
    let end = floor(&line, (span.end + LONGEST).min(line.len()));
    Snippet::source(line[..end].to_owned())
        .line_start(place.line)
        .path(name)
        .annotation(AnnotationKind::Primary.span(span))
        .into()
}

/// Returns the nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset)
        .rev()
        .find(|offset| text.is_char_boundary(*offset))
        .unwrap_or(0)
}
