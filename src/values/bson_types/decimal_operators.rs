//! The operators of Decimal128, with decimals, integers and floats on either side.

use std::cmp::Ordering;

use bson::Decimal128;
use dec::Context;
use rhai::{Dynamic, FLOAT, FuncRegistration, INT, Module, Variant};

use super::comparing::operator;
use crate::values::decimal;
use crate::values::order::compare;

pub(super) fn register(module: &mut Module) {
    pair::<Decimal128, Decimal128>(module);
    pair::<Decimal128, INT>(module);
    pair::<INT, Decimal128>(module);
    pair::<Decimal128, FLOAT>(module);
    pair::<FLOAT, Decimal128>(module);
}

/// A number that can be an operand of a Decimal128 operator.
trait Operand: Variant + Clone {
    fn decimal(&self) -> Decimal128;
}

impl Operand for Decimal128 {
    fn decimal(&self) -> Decimal128 {
        *self
    }
}

impl Operand for INT {
    fn decimal(&self) -> Decimal128 {
        decimal::from_int(*self)
    }
}

impl Operand for FLOAT {
    fn decimal(&self) -> Decimal128 {
        decimal::from_float(*self)
    }
}

type Calculation =
    fn(&mut Context<dec::Decimal128>, dec::Decimal128, dec::Decimal128) -> dec::Decimal128;

const CALCULATIONS: &[(&str, Calculation)] = &[
    ("+", |context, left, right| context.add(left, right)),
    ("-", |context, left, right| context.sub(left, right)),
    ("*", |context, left, right| context.mul(left, right)),
    ("/", |context, left, right| context.div(left, right)),
    ("%", |context, left, right| context.rem(left, right)),
];

fn pair<A: Operand, B: Operand>(module: &mut Module) {
    for &(name, calculate) in CALCULATIONS {
        FuncRegistration::new(name)
            .in_global_namespace()
            .with_comments([HELP])
            .set_into_module(module, move |left: A, right: B| {
                decimal::combine(&left.decimal(), &right.decimal(), calculate)
            });
    }
    operator(module, "==", |left: &A, right: &B| {
        order(left, right) == Some(Ordering::Equal)
    });
    operator(module, "!=", |left: &A, right: &B| {
        order(left, right) != Some(Ordering::Equal)
    });
    operator(module, "<", |left: &A, right: &B| {
        order(left, right).is_some_and(Ordering::is_lt)
    });
    operator(module, "<=", |left: &A, right: &B| {
        order(left, right).is_some_and(Ordering::is_le)
    });
    operator(module, ">", |left: &A, right: &B| {
        order(left, right).is_some_and(Ordering::is_gt)
    });
    operator(module, ">=", |left: &A, right: &B| {
        order(left, right).is_some_and(Ordering::is_ge)
    });
}

fn order<A: Operand, B: Operand>(left: &A, right: &B) -> Option<Ordering> {
    compare::order(&Dynamic::from(left.clone()), &Dynamic::from(right.clone()))
}

const HELP: &str = r#"/// Calculates with decimals by the rules of IEEE 754.
///
/// A result has at most 34 digits, is rounded half to even, and keeps trailing zeros.
///
/// ```rhai
/// assert_eq(Decimal128("0.1") + Decimal128("0.2"), Decimal128("0.3"));
/// assert_eq((Decimal128("1.10") * 3).to_string(), `Decimal128("3.30")`);
/// ```"#;
