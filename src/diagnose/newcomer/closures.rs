//! Closures with the wrong number of parameters for Rhai's own functions.

use rhai::EvalAltResult;

use super::spot::Spot;
use crate::diagnose::function_text;

/// What the functions of arrays pass to their closure.
const CLOSURES: &[(&[&str], &str)] = &[
    (
        &["reduce", "reduce_rev"],
        "the total so far and one element: `|total, x| …`",
    ),
    (&["sort", "sort_by", "dedup"], "two elements: `|a, b| …`"),
    (
        &[
            "map", "filter", "for_each", "some", "all", "find", "find_map", "index_of", "drain",
            "retain", "zip", "split",
        ],
        "one element: `|x| …`, or an element and its index: `|x, index| …`",
    ),
];

/// Names the parameters of the closure that the function calls.
pub(super) fn parameters(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return None;
    };
    if !function_text::parse(signature).is_closure() {
        return None;
    }
    let caller = spot.token(0);
    Some(
        match CLOSURES.iter().find(|(names, _)| names.contains(&caller)) {
            Some((_, gets)) => format!("`{caller}` calls its function with {gets}"),
            None => "the parameters of a function stand between its bars: `|a, b| …`".to_owned(),
        },
    )
}
