use rhai::Dynamic;

use super::compose::Composed;
use super::model::Exercise;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::engine::Texts;
use crate::engine::names::Names;
use crate::error::{Error, ExitCode, Kind};
use crate::script::{self, Cause, Failure, LastValue, Origin, Outcome, Source, Stage};

/// The result of running an answer to an exercise.
#[derive(Debug)]
pub struct Verdict {
    /// Whether the check ran to its end without an error.
    pub is_solved: bool,
    /// The outcome of the run, with the reason if it is not solved.
    pub outcome: Outcome,
}

/// Runs an answer with its check, on its own server or in a database that is dropped first.
///
/// An answer that ends the script early, for example with `exit`, is not solved: the script must
/// return a random word that is added after the check.
pub fn judge(exercise: &Exercise, composed: &Composed, session: &Session) -> Verdict {
    // Data of an earlier run must not count. An own server is always empty.
    if !exercise.own_server
        && let Some(outcome) = without_database(session)
    {
        return Verdict {
            is_solved: false,
            outcome,
        };
    }
    let word = format!("checked {:032x}", rand::random::<u128>());
    let text = composed.source.text().trim_end();
    let source = composed.source.with_text(&format!("{text}\n;\"{word}\""));
    let mut outcome = script::run(&source, session, LastValue::Kept);
    let value = std::mem::replace(&mut outcome.value, Dynamic::UNIT);
    let is_solved = outcome.failure.is_none() && value.into_string().is_ok_and(|said| said == word);
    let is_over = matches!(session.ending(), Some(Termination::ClosedPipe));
    if !is_solved && outcome.failure.is_none() && !is_over {
        outcome.exit = ExitCode::THREW;
        outcome.failure = Some(ended_early(&composed.source));
    }
    Verdict { is_solved, outcome }
}

/// Drops the session's database. Returns the outcome if that fails.
fn without_database(session: &Session) -> Option<Outcome> {
    let drop = Source::code("<a fresh database>", "db.drop();");
    let outcome = script::run(&drop, session, LastValue::Dropped);
    outcome.failure.is_some().then_some(outcome)
}

fn ended_early(source: &Source) -> Failure {
    let texts = Texts::default();
    texts.insert(source.name(), source.text());
    let error = Error::new(
        Kind::AssertionFailed,
        "the script ended before the check finished",
    )
    .hint(
        "look for an `exit`, for a `return` outside of functions, or for a `/*` that is not closed",
    );
    Failure {
        cause: Cause::Error(error),
        stage: Stage::Run,
        origin: Origin {
            source: source.name().to_owned(),
            texts,
            names: Names::default(),
        },
    }
}
