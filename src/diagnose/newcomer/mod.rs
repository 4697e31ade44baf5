//! Hints for habits from JavaScript, Python, mongosh and PyMongo: what to write instead. A line that
//! `translate/` translates is shown whole; the other rules explain the rest.

mod brackets;
mod closures;
mod habits;
mod names;
mod shell;
mod spot;
mod syntax;
pub mod tokens;
mod translated;
mod words;

use rhai::EvalAltResult;

use super::report::SourceExcerpt;
use crate::script::Origin;
use spot::Spot;
pub use tokens::token_length;

/// Returns a hint, if the rule recognises the mistake.
type Rule = fn(&Spot) -> Option<String>;

/// All rules, in order. The first hint wins.
const RULES: &[Rule] = &[
    translated::translated,
    translated::not_translated,
    syntax::document_without_hash,
    syntax::dollar_name,
    syntax::single_quotes,
    syntax::formatted_string,
    syntax::arrow,
    syntax::function_keyword,
    syntax::operator,
    syntax::loop_header,
    syntax::destructuring,
    habits::finally,
    syntax::handler,
    syntax::types_and_defaults,
    syntax::switch_case,
    syntax::body_without_braces,
    words::before_the_place,
    words::reserved,
    syntax::constant,
    syntax::condition,
    shell::pattern_or_keyword,
    closures::parameters,
    habits::comprehension,
    habits::tuple,
    habits::several_variables,
    habits::show,
    habits::short_field,
    habits::text_without_quotes,
    habits::element_of_a_cursor,
    habits::several_prints,
    habits::repeated_text,
    habits::module,
    names::outer_variable,
    names::undeclared,
    shell::variable,
    names::variable,
    habits::name_of_something_else,
    names::empty_block,
    shell::member_of_unit,
    shell::on_a_handle,
    names::function,
    names::field,
    names::not_iterable,
    brackets::unclosed,
    brackets::unopened,
    names::endless,
];

/// Returns a hint, if the error looks like a habit from another language or a common mistake.
pub fn hint(
    origin: &Origin,
    error: &EvalAltResult,
    shown: Option<&SourceExcerpt>,
) -> Option<String> {
    let spot = Spot::new(origin, error, shown?)?;
    RULES.iter().find_map(|rule| rule(&spot))
}
