use crate::api::functions::rich::table_or_plot;
use crate::api::run::output_origin;
use crate::api::run::rich_value::RichValue;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::diagnose::{CellPlaces, Report, explain};
use crate::error::ExitCode;
use crate::script::{Failure, Interactive, Outcome, PROMPT};

/// Runs the cells of a notebook one after another, with the variables and functions of earlier
/// cells.
pub struct CellSession {
    pub interactive: Interactive,
    places: CellPlaces,
}

/// How a cell ended.
pub struct CellEnd {
    /// The value of the last expression, except `()`.
    pub value: Option<RichValue>,
    pub failure: Option<Report>,
    /// How the whole run ended, if it did.
    pub termination: Option<Termination>,
    pub exit: ExitCode,
}

impl CellEnd {
    /// Returns the end of a cell that has no value.
    pub fn done() -> Self {
        Self {
            value: None,
            failure: None,
            termination: None,
            exit: ExitCode::DONE,
        }
    }

    /// Returns the end of a cell that failed before its code ran.
    pub fn failed(report: Report) -> Self {
        Self {
            failure: Some(report),
            exit: ExitCode::USAGE,
            ..Self::done()
        }
    }
}

impl CellSession {
    pub fn new(session: &Session) -> Self {
        Self {
            interactive: Interactive::new(session),
            places: CellPlaces::default(),
        }
    }

    /// Begins a cell. Messages call it `name`, and its output has the origin `origin`.
    pub fn begin(&mut self, name: &str, origin: u64, code: &str) {
        output_origin::enter(origin);
        self.places
            .add(name, self.interactive.lines_before_next(), code);
    }

    /// Runs the code of a cell, which it [begins](Self::begin).
    pub fn run(&mut self, name: &str, origin: u64, code: &str) -> CellEnd {
        self.begin(name, origin, code);
        let mut shown = None;
        let outcome = self.interactive.evaluate(code, &mut |value| {
            shown = match table_or_plot(&value)? {
                None if value.is_unit() => None,
                None => Some(RichValue::Value(value)),
                rich => rich,
            };
            Ok(())
        });
        self.end(&outcome, shown)
    }

    /// Returns how a cell ended.
    pub fn end(&self, outcome: &Outcome, value: Option<RichValue>) -> CellEnd {
        CellEnd {
            value,
            failure: outcome.failure.as_ref().map(|failure| self.report(failure)),
            termination: self.interactive.session().ending(),
            exit: outcome.exit,
        }
    }

    /// Returns the report on a failure, with places in cells.
    pub fn report(&self, failure: &Failure) -> Report {
        let mut report = explain(failure);
        self.places.relocate(&mut report, PROMPT);
        report
    }
}
