use rhai::Dynamic;

use super::compose::Composed;
use super::model::Exercise;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::engine::Texts;
use crate::engine::names::Names;
use crate::error::{Error, ExitCode, Kind};
use crate::script::{self, Cause, Failure, LastValue, Outcome, Source, Stage};

/// How an answer to an exercise did.
#[derive(Debug)]
pub struct Verdict {
    /// Whether the check was run to its end and found nothing wrong.
    pub is_solved: bool,
    /// Why not, among other things.
    pub outcome: Outcome,
}

/// Runs an answer and the check behind it on a server of its own, or in a database that is emptied first.
///
/// An answer that ends the script before the check is through, by `exit` for example, is not solved: the script has to
/// give the word that stands behind the check, which is another one each time.
pub fn judge(exercise: &Exercise, composed: &Composed, session: &Session) -> Verdict {
    // What an earlier run left is no answer. A server of its own has nothing to forget.
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

/// Drops the session's database; the outcome, where that fails.
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
        "the script ended before the check was through",
    )
    .hint(
        "look for an `exit`, for a `return` outside of functions, or for a `/*` that is not closed",
    );
    Failure {
        cause: Cause::Error(error),
        stage: Stage::Run,
        source: source.name().to_owned(),
        texts,
        names: Names::default(),
    }
}
