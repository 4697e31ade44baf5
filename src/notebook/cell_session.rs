use crate::api::functions::rich::table_or_plot;
use crate::api::run::output_origin;
use crate::api::run::rich_value::RichValue;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::diagnose::{CellPlaces, Report, explain};
use crate::error::ExitCode;
use crate::script::{Failure, Interactive, PROMPT};

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

impl CellSession {
    pub fn new(session: &Session) -> Self {
        Self {
            interactive: Interactive::new(session),
            places: CellPlaces::default(),
        }
    }

    /// Runs the code of a cell. Messages call it `name`, and its output has the origin `origin`.
    pub fn run(&mut self, name: &str, origin: u64, code: &str) -> CellEnd {
        output_origin::enter(origin);
        self.places
            .add(name, self.interactive.lines_before_next(), code);
        let mut shown = None;
        let outcome = self.interactive.evaluate(code, &mut |value| {
            shown = match table_or_plot(&value)? {
                None if value.is_unit() => None,
                None => Some(RichValue::Value(value)),
                rich => rich,
            };
            Ok(())
        });
        CellEnd {
            value: shown,
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
