use std::io::{self, IsTerminal, Read, Write};

use super::environment::Environment;
use crate::render::{Format, Printer, Target, View};
use crate::terminal::{REPORT_WIDTH, Size, fitting, takes_colours};

/// The input and output streams.
pub struct Streams {
    pub input: Box<dyn Read + Send>,
    pub out: Box<dyn Write + Send>,
    pub errors: Box<dyn Write + Send>,
    pub input_is_terminal: bool,
    pub out_is_terminal: bool,
    pub errors_are_terminal: bool,
    /// The size of the terminal at stderr.
    pub size: Option<Size>,
}

impl Streams {
    /// Returns the standard streams of this process.
    pub fn standard() -> Self {
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            out_is_terminal: io::stdout().is_terminal(),
            errors_are_terminal: io::stderr().is_terminal(),
            input: Box::new(io::stdin()),
            out: Box::new(io::stdout()),
            errors: Box::new(io::stderr()),
            size: Size::of(io::stderr()),
        }
    }
}

/// Returns the output settings for these streams.
pub(super) fn view_of(json: bool, environment: &Environment, streams: &Streams) -> View {
    let colours = |is_terminal| takes_colours(is_terminal, |name| environment.get(name));
    View {
        format: if json { Format::Json } else { Format::Text },
        target: if streams.out_is_terminal {
            Target::Terminal
        } else {
            Target::Pipe
        },
        colour: colours(streams.errors_are_terminal),
        out_colour: colours(streams.out_is_terminal),
        errors_are_terminal: streams.errors_are_terminal,
        width: fitting(streams.size, REPORT_WIDTH),
    }
}

/// Returns a printer that writes to these streams.
pub(super) fn printer(view: View, streams: Streams) -> Printer {
    Printer::new(view, streams.out, streams.errors)
}
