//! The comparison operators of BSON's types: `==` and `!=` for all, `<` and so on for those with an
//! order.

use bson::oid::ObjectId;
use bson::{DateTime, Timestamp};
use rhai::{FuncRegistration, Module, Variant};

use super::binary::Binary;
use super::code::Code;
use super::db_pointer::DbPointer;
use super::keys::{MaxKey, MinKey};
use super::regex::Regex;
use super::symbol::Symbol;
use super::undefined::Undefined;
use crate::values::order::compare;

pub(super) fn register(module: &mut Module) {
    equality::<ObjectId>(module);
    equality::<DateTime>(module);
    equality::<Timestamp>(module);
    equality::<Binary>(module);
    equality::<Regex>(module);
    equality::<DbPointer>(module);
    equality::<Symbol>(module);
    equality::<MinKey>(module);
    equality::<MaxKey>(module);
    equality::<Undefined>(module);
    ordering::<ObjectId>(module);
    ordering::<DateTime>(module);
    ordering::<Timestamp>(module);
    ordering::<Symbol>(module);
    operator(module, "==", |left: &Code, right: &Code| {
        equal_code(left, right)
    });
    operator(module, "!=", |left: &Code, right: &Code| {
        !equal_code(left, right)
    });
    operator(
        module,
        "==",
        |left: &Symbol, right: &rhai::ImmutableString| left.as_str() == right.as_str(),
    );
    operator(
        module,
        "!=",
        |left: &Symbol, right: &rhai::ImmutableString| left.as_str() != right.as_str(),
    );
    operator(
        module,
        "==",
        |left: &rhai::ImmutableString, right: &Symbol| left.as_str() == right.as_str(),
    );
    operator(
        module,
        "!=",
        |left: &rhai::ImmutableString, right: &Symbol| left.as_str() != right.as_str(),
    );
}

fn equality<T: Variant + Clone + PartialEq>(module: &mut Module) {
    operator(module, "==", |left: &T, right: &T| left == right);
    operator(module, "!=", |left: &T, right: &T| left != right);
}

fn ordering<T: Variant + Clone + PartialOrd>(module: &mut Module) {
    operator(module, "<", |left: &T, right: &T| left < right);
    operator(module, "<=", |left: &T, right: &T| left <= right);
    operator(module, ">", |left: &T, right: &T| left > right);
    operator(module, ">=", |left: &T, right: &T| left >= right);
}

/// Registers a comparison with the same help text as the others.
pub(crate) fn operator<A: Variant + Clone, B: Variant + Clone>(
    module: &mut Module,
    name: &'static str,
    compare: impl Fn(&A, &B) -> bool + Send + Sync + 'static,
) {
    FuncRegistration::new(name)
        .in_global_namespace()
        .with_purity(true)
        .with_comments([HELP])
        .set_into_module(module, move |left: &mut A, right: B| compare(left, &right));
}

const HELP: &str = r#"/// Compares two values as the server compares them.
///
/// ```rhai
/// assert(DateTime("2026-01-01") < DateTime("2026-01-02"));
/// assert(Regex("^a") != Regex("^a", "i"));
/// ```"#;

fn equal_code(left: &Code, right: &Code) -> bool {
    compare::equal(
        &rhai::Dynamic::from(left.clone()),
        &rhai::Dynamic::from(right.clone()),
    )
}
