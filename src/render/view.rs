//! The output settings of a command: format, colours, width.

use super::printer::{Printer, Target};
use super::values::Format;
use crate::diagnose::{Report, explain_error, explain_usage};
use crate::error::{Error, ExitCode, Kind, visible_with_styles};

/// The output settings of a command.
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
    /// Returns an error report in the chosen format.
    pub fn report(self, report: &Report) -> String {
        match self.format {
            Format::Json => report.to_json(),
            Format::Text => self.coloured(&report.render(self.width)),
        }
    }

    /// Returns `text` for stderr, with or without its colours.
    pub fn coloured(self, text: &str) -> String {
        styled(text, self.colour)
    }

    /// Returns `text` for stdout, with or without its colours.
    pub fn for_output(self, text: &str) -> String {
        styled(text, self.out_colour)
    }

    /// Flushes the printer and returns the exit code.
    ///
    /// A write error changes the exit code, unless the reader closed the pipe or the run ended.
    pub fn close(self, printer: &Printer, run_has_ended: bool, code: ExitCode) -> ExitCode {
        let Err(cause) = printer.flush() else {
            return code;
        };
        if cause.kind() == std::io::ErrorKind::BrokenPipe || run_has_ended {
            return code;
        }
        let error = Error::new(
            Kind::Server,
            format!("the output cannot be written: {cause}"),
        );
        printer.say(&self.report(&explain_usage(&error)));
        match code {
            ExitCode::DONE => ExitCode::THREW,
            code => code,
        }
    }

    /// Reports that a session could not be opened: the connection string is wrong, or there is no server.
    pub fn refused(self, error: &Error, printer: &Printer) -> ExitCode {
        printer.say(&self.report(&explain_error(error)));
        match error.kind() {
            Kind::InvalidUri | Kind::InvalidArgument => ExitCode::USAGE,
            _ => ExitCode::NO_SERVER,
        }
    }
}

fn styled(text: &str, colour: bool) -> String {
    let text = visible_with_styles(text);
    if colour {
        text.into_owned()
    } else {
        anstream::adapter::strip_str(&text).to_string()
    }
}
