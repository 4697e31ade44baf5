use std::io::{self, IsTerminal, Read, Write};

use super::environment::Environment;
use super::low_args::LowArgs;
use crate::diagnose::Report;
use crate::error::visible_with_styles;
use crate::render::{Format, Printer, Target};
use crate::terminal::{REPORT_WIDTH, Size, fitting, takes_colours};

/// Where input comes from and output goes to.
pub struct Streams {
    pub input: Box<dyn Read + Send>,
    pub out: Box<dyn Write + Send>,
    pub errors: Box<dyn Write + Send>,
    pub input_is_terminal: bool,
    pub out_is_terminal: bool,
    pub errors_are_terminal: bool,
    /// The size of the error stream's terminal.
    pub size: Option<Size>,
}

impl Streams {
    /// Those of this process.
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

/// How things are shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub format: Format,
    pub target: Target,
    /// Whether the error stream takes colours.
    pub colour: bool,
    /// Whether the output takes colours.
    pub out_colour: bool,
    /// Whether the error stream is a terminal, where progress can be drawn.
    pub errors_are_terminal: bool,
    pub width: usize,
}

impl View {
    pub fn new(low: &LowArgs, environment: &Environment, streams: &Streams) -> Self {
        Self::of(low.options.json, environment, streams)
    }

    pub fn of(json: bool, environment: &Environment, streams: &Streams) -> Self {
        let colours = |is_terminal| takes_colours(is_terminal, |name| environment.get(name));
        Self {
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

    /// An error in the form that was asked for.
    pub fn report(self, report: &Report) -> String {
        match self.format {
            Format::Json => report.to_json(),
            Format::Text => self.coloured(&report.render(self.width)),
        }
    }

    /// `text` with its colours, or without.
    pub fn coloured(self, text: &str) -> String {
        let text = visible_with_styles(text);
        if self.colour {
            text.into_owned()
        } else {
            anstream::adapter::strip_str(&text).to_string()
        }
    }

    /// `text` as the output may get it: with our colours or without, and with nothing in it that harms a terminal.
    pub fn for_output(self, text: &str) -> String {
        let text = visible_with_styles(text);
        if self.out_colour {
            text.into_owned()
        } else {
            anstream::adapter::strip_str(&text).to_string()
        }
    }

    pub fn printer(self, streams: Streams) -> Printer {
        Printer::new(self.format, self.target, streams.out, streams.errors)
    }
}
