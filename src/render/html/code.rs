use maud::{Markup, html};

use crate::render::highlight::{Colour, coloured};

/// Returns source code with its colours, as classes.
pub fn code(source: &str) -> Markup {
    html! {
        @for (colour, part) in coloured(source) { (piece(colour, part)) }
    }
}

/// Returns source code with the numbers of its lines in the file. The numbers are not part of the
/// text, so that they are not copied.
pub fn listing(source: &str, first_line: usize) -> Markup {
    let mut lines: Vec<Vec<(Option<Colour>, &str)>> = vec![Vec::new()];
    for (colour, part) in coloured(source) {
        for (index, text) in part.split('\n').enumerate() {
            if index > 0 {
                lines.push(Vec::new());
            }
            if let (Some(line), false) = (lines.last_mut(), text.is_empty()) {
                line.push((colour, text));
            }
        }
    }
    html! {
        code {
            @for (index, line) in lines.iter().enumerate() {
                span.line data-n=(first_line + index) {
                    @for (colour, text) in line { (piece(*colour, text)) }
                }
                "\n"
            }
        }
    }
}

pub(in crate::render) fn piece(colour: Option<Colour>, text: &str) -> Markup {
    html! {
        @match colour.and_then(class) {
            Some(class) => span class=(class) { (text) },
            None => (text),
        }
    }
}

fn class(colour: Colour) -> Option<&'static str> {
    Some(match colour {
        Colour::Keyword => "k",
        Colour::Text => "s",
        Colour::Number => "n",
        Colour::Field => "f",
        Colour::Call => "c",
        Colour::Comment => "d",
    })
}
