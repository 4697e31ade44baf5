//! `:explain QUERY`: shows the server's plan and its costs.

use bson::{Bson, Document as BsonDocument};
use rhai::Dynamic;

use crate::api::handles::cursor::Cursor;
use crate::error::{Error, Result};
use crate::render::highlight::{Palette, painted};
use crate::repl::prompt::{NextAction, Prompt};
use crate::script::{Interactive, Outcome};
use crate::values::codec::convert;
use crate::values::document::Document;

/// `:explain QUERY`.
pub(super) fn explain(prompt: &mut Prompt, code: &str) -> NextAction {
    match plan_of(&mut prompt.interactive, code) {
        Ok((outcome, plan)) => {
            plan.iter().for_each(|plan| prompt.screen.tell(plan));
            prompt.handle_outcome(&outcome)
        }
        Err(error) => {
            prompt.error(&error);
            NextAction::Read
        }
    }
}

/// Runs a query and asks for its plan. Returns how that ended, and a summary of the plan.
///
/// # Errors
/// `InvalidArgument` if the code is not a query.
pub fn plan_of(interactive: &mut Interactive, code: &str) -> Result<(Outcome, Option<String>)> {
    let code = code.trim_end().trim_end_matches(';');
    if code.trim().is_empty() {
        return Err(Error::invalid_argument("`:explain` needs a query")
            .hint("for example `:explain db.trucks.find(#{ city: \"Kiel\" })`"));
    }
    let mut given = Dynamic::UNIT;
    let outcome = interactive.evaluate(code, &mut |value| {
        given = value;
        Ok(())
    });
    if outcome.failure.is_some() {
        return Ok((outcome, None));
    }
    if !given.is::<Cursor>() {
        return Err(
            Error::invalid_argument("`:explain` needs a query that returns a cursor")
                .hint("`find` and `aggregate` return one; leave out `to_array()` and `next()`"),
        );
    }
    let mut plan = None;
    let outcome = interactive.evaluate("_.explain(\"executionStats\")", &mut |value| {
        if let Some(reply) = value.read_lock::<Document>() {
            plan = Some(summary(&convert::to_bson(&reply)?));
        }
        Ok(())
    });
    Ok((outcome, plan))
}

/// Returns a summary of the plan.
fn summary(reply: &BsonDocument) -> String {
    // The plan of a pipeline is nested in its first stage.
    let query = find(reply, "queryPlanner").unwrap_or(reply);
    let mut lines = Vec::new();
    if let Some(plan) = find(query, "winningPlan").or_else(|| find(reply, "winningPlan")) {
        steps(plan, 0, &mut lines);
    }
    if let Some(stats) = find(reply, "executionStats") {
        let number = |name: &str| stats.get(name).map_or(0, whole);
        lines.push(format!(
            "documents returned: {}, documents examined: {}, index keys examined: {}, time: {} ms",
            number("nReturned"),
            number("totalDocsExamined"),
            number("totalKeysExamined"),
            number("executionTimeMillis"),
        ));
        if lines.iter().any(|line| line.contains("COLLSCAN")) {
            lines.push(painted(
                "no index was used: create one with `create_index` on the fields of the filter",
                Palette::DIM,
            ));
        }
    }
    lines.push(painted("`_` contains the whole plan", Palette::DIM));
    lines.join("\n")
}

fn steps(plan: &BsonDocument, depth: usize, lines: &mut Vec<String>) {
    let stage = plan.get_str("stage").unwrap_or("?");
    let index = plan
        .get_str("indexName")
        .map(|name| format!(" on the index {name}"))
        .unwrap_or_default();
    lines.push(format!(
        "{}{}{index}",
        "  ".repeat(depth),
        painted(stage, Palette::CALL)
    ));
    let inner = plan.get_document("inputStage").ok();
    let inners = plan.get_array("inputStages").ok();
    let inners = inners.into_iter().flatten().filter_map(Bson::as_document);
    for inner in inner.into_iter().chain(inners).take(20) {
        if depth < 20 {
            steps(inner, depth + 1, lines);
        }
    }
}

/// Finds the first document of that name at any depth.
fn find<'a>(document: &'a BsonDocument, name: &str) -> Option<&'a BsonDocument> {
    if let Ok(found) = document.get_document(name) {
        return Some(found);
    }
    document.values().find_map(|value| match value {
        Bson::Document(inner) => find(inner, name),
        Bson::Array(values) => values
            .iter()
            .filter_map(Bson::as_document)
            .find_map(|inner| find(inner, name)),
        _ => None,
    })
}

fn whole(value: &Bson) -> i64 {
    match value {
        Bson::Int32(number) => i64::from(*number),
        Bson::Int64(number) => *number,
        _ => 0,
    }
}
