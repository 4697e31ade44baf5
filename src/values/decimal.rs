//! Arithmetic of Decimal128 as IEEE 754 defines it: 34 digits, rounds half to even, keeps trailing
//! zeros.
//!
//! BSON and the decimal library use different bit layouts, so values are converted through text.

use std::cmp::Ordering;

use bson::Decimal128;
use dec::Context;
use rhai::{Dynamic, FLOAT, INT};

use crate::values::order::canonical::{Number, number as worth};

/// Returns the result of `operate` on two decimals.
pub fn combine(
    left: &Decimal128,
    right: &Decimal128,
    operate: impl FnOnce(
        &mut Context<dec::Decimal128>,
        dec::Decimal128,
        dec::Decimal128,
    ) -> dec::Decimal128,
) -> Decimal128 {
    let mut context = Context::<dec::Decimal128>::default();
    let (left, right) = (unpack(&mut context, left), unpack(&mut context, right));
    let result = operate(&mut context, left, right);
    pack(result)
}

/// Returns the decimal of an integer, which is always exact.
pub fn from_int(int: INT) -> Decimal128 {
    pack(Context::<dec::Decimal128>::default().from_i128(int.into()))
}

/// Returns the decimal with the digits that a float prints as, so that `Decimal128(0.1)` is 0.1.
pub fn from_float(float: FLOAT) -> Decimal128 {
    let mut context = Context::<dec::Decimal128>::default();
    let parsed = context.parse(float.to_string().as_str());
    parsed.map_or_else(|_| not_a_number(), pack)
}

/// Returns the float nearest to a decimal.
pub fn to_float(decimal: &Decimal128) -> FLOAT {
    decimal.to_string().parse().unwrap_or(FLOAT::NAN)
}

/// Returns the integer part of a decimal, or `None` if it does not fit.
pub fn to_int(decimal: &Decimal128) -> Option<INT> {
    let mut context = Context::<dec::Decimal128>::default();
    context.set_rounding(dec::Rounding::Down);
    let unpacked = unpack(&mut context, decimal);
    let whole = context.round(unpacked);
    match number(&pack(whole)) {
        Number::Exact {
            negative,
            coefficient,
            exponent,
        } => {
            let scale = 10_u128.checked_pow(u32::try_from(exponent).ok()?)?;
            let size = i128::try_from(coefficient.checked_mul(scale)?).ok()?;
            INT::try_from(if negative { -size } else { size }).ok()
        }
        _ => None,
    }
}

/// Compares two numbers, at least one of them a decimal. Returns `None` if one is NaN.
pub fn compare(left: &Dynamic, right: &Dynamic) -> Option<Ordering> {
    let (left_worth, right_worth) = (worth(left)?, worth(right)?);
    if left_worth == Number::NotANumber || right_worth == Number::NotANumber {
        return None;
    }
    if left_worth == right_worth {
        return Some(Ordering::Equal);
    }
    let mut context = Context::<dec::Decimal128>::default();
    let left = rounded(&mut context, left)?;
    let right = rounded(&mut context, right)?;
    context.partial_cmp(left, right)
}

/// Returns a number with 34 digits, which is enough to compare it with decimals.
fn rounded(context: &mut Context<dec::Decimal128>, value: &Dynamic) -> Option<dec::Decimal128> {
    if let Some(int) = value.read_lock::<INT>() {
        return Some(context.from_i128((*int).into()));
    }
    if let Some(float) = value.read_lock::<FLOAT>() {
        let text = if float.is_finite() {
            format!("{:.40e}", *float)
        } else {
            float.to_string()
        };
        return context.parse(text.as_str()).ok();
    }
    let decimal = value.read_lock::<Decimal128>()?;
    Some(unpack(context, &decimal))
}

/// Returns the value of a decimal, read from BSON's layout (binary integer decimal).
pub fn number(decimal: &Decimal128) -> Number {
    const COEFFICIENT: u128 = (1 << 113) - 1;
    const LARGEST: u128 = 10_u128.pow(34) - 1;
    let bits = u128::from_le_bytes(decimal.bytes());
    let negative = bits >> 127 == 1;
    match (bits >> 122) & 0b1_1111 {
        0b1_1111 => Number::NotANumber,
        0b1_1110 => Number::Infinite { negative },
        // In this layout the coefficient is too large to be valid, so it counts as zero.
        0b1_1000..=0b1_1101 => Number::exact(false, 0, 0),
        _ => {
            let coefficient = Some(bits & COEFFICIENT).filter(|digits| *digits <= LARGEST);
            let exponent = ((bits >> 113) & 0x3FFF) as i32 - 6176;
            Number::exact(negative, coefficient.unwrap_or(0), exponent)
        }
    }
}

fn unpack(context: &mut Context<dec::Decimal128>, decimal: &Decimal128) -> dec::Decimal128 {
    let parsed = context.parse(decimal.to_string().as_str());
    parsed.unwrap_or(dec::Decimal128::NAN)
}

fn pack(decimal: dec::Decimal128) -> Decimal128 {
    decimal
        .to_string()
        .parse()
        .unwrap_or_else(|_| not_a_number())
}

fn not_a_number() -> Decimal128 {
    let mut bytes = [0; 16];
    bytes[15] = 0b0111_1100;
    Decimal128::from_bytes(bytes)
}
