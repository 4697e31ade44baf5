//! The canonical key of a value: bytes that are equal if and only if the server calls the values
//! equal.

use bson::oid::ObjectId;
use rhai::{Array, Dynamic, FLOAT, INT};

use super::compare::{as_document, as_text};
use crate::error::Result;
use crate::mongo::elements::kind;
use crate::values::bson_types::code::Code;
use crate::values::bson_types::undefined::Undefined;
use crate::values::codec::encode;
use crate::values::decimal;
use crate::values::depth::{MAX_DEPTH, too_deep};
use crate::values::document::Document;

/// Returns bytes by which a value can be hashed and compared.
///
/// # Errors
/// `InvalidArgument` if the value or a value inside it is not BSON, or if it is nested too deep.
pub fn key(value: &Dynamic) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(24);
    write(&mut out, value, 0)?;
    Ok(out)
}

fn write(out: &mut Vec<u8>, value: &Dynamic, depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    if let Some(number) = number(value) {
        out.push(kind::DOUBLE);
        number.write(out);
        return Ok(());
    }
    if let Some(text) = as_text(value) {
        out.push(kind::STRING);
        write_bytes(out, text.as_bytes());
        return Ok(());
    }
    if let Some(array) = value.read_lock::<Array>() {
        out.push(kind::ARRAY);
        out.extend_from_slice(&array.len().to_be_bytes());
        return array
            .iter()
            .try_for_each(|value| write(out, value, depth + 1));
    }
    if let Some(document) = as_document(value) {
        return write_document(out, &document, depth);
    }
    if let Some(code) = value.read_lock::<Code>() {
        return write_code(out, &code, depth);
    }
    write_other(out, value)
}

/// Writes the fields sorted by name, so that their order is ignored.
fn write_document(out: &mut Vec<u8>, document: &Document, depth: usize) -> Result<()> {
    let mut entries = document.entries()?;
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));
    out.push(kind::DOCUMENT);
    out.extend_from_slice(&entries.len().to_be_bytes());
    for (name, value) in &entries {
        write_bytes(out, name.as_bytes());
        write(out, value, depth + 1)?;
    }
    Ok(())
}

fn write_code(out: &mut Vec<u8>, code: &Code, depth: usize) -> Result<()> {
    out.push(kind::CODE);
    write_bytes(out, code.text().as_bytes());
    match code.scope() {
        Some(scope) => write_document(out, scope, depth + 1),
        None => Ok(()),
    }
}

/// Writes the types whose values have only one form: their BSON.
fn write_other(out: &mut Vec<u8>, value: &Dynamic) -> Result<()> {
    if value.is::<Undefined>() {
        out.push(kind::UNDEFINED);
        return Ok(());
    }
    if let Some(id) = value.read_lock::<ObjectId>() {
        out.push(kind::OBJECT_ID);
        out.extend_from_slice(&id.bytes());
        return Ok(());
    }
    let (kind, bytes) = encode::value(value)?;
    out.push(kind);
    write_bytes(out, &bytes);
    Ok(())
}

/// Writes the bytes after their length, so that two values cannot run together.
fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&bytes.len().to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The value of a number, independent of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    NotANumber,
    Infinite {
        negative: bool,
    },
    /// `coefficient` × 10^`exponent`. The coefficient does not end with a zero, and zero is never
    /// negative.
    Exact {
        negative: bool,
        coefficient: u128,
        exponent: i32,
    },
    /// A double with more digits than a Decimal128 can have: it is equal only to itself.
    Binary(u64),
}

impl Number {
    /// Returns the number `coefficient` × 10^`exponent` in its only form.
    pub fn exact(negative: bool, mut coefficient: u128, mut exponent: i32) -> Self {
        if coefficient == 0 {
            return Self::Exact {
                negative: false,
                coefficient,
                exponent: 0,
            };
        }
        while coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        Self::Exact {
            negative,
            coefficient,
            exponent,
        }
    }

    fn from_float(float: FLOAT) -> Self {
        if float.is_nan() {
            return Self::NotANumber;
        }
        let negative = float.is_sign_negative();
        if float.is_infinite() {
            return Self::Infinite { negative };
        }
        let bits = float.to_bits();
        let field = ((bits >> 52) & 0x7FF) as i32;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = match field {
            0 => (fraction, -1074),
            _ => (fraction | (1 << 52), field - 1075),
        };
        decimal_digits(mantissa, exponent).map_or(Self::Binary(bits), |(coefficient, exponent)| {
            Self::exact(negative, coefficient, exponent)
        })
    }

    fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::NotANumber => out.push(0),
            Self::Infinite { negative } => out.extend([1, u8::from(negative)]),
            Self::Exact {
                negative,
                coefficient,
                exponent,
            } => {
                out.extend([2, u8::from(negative)]);
                out.extend_from_slice(&coefficient.to_be_bytes());
                out.extend_from_slice(&exponent.to_be_bytes());
            }
            Self::Binary(bits) => {
                out.push(3);
                out.extend_from_slice(&bits.to_be_bytes());
            }
        }
    }
}

/// Returns `mantissa` × 2^`exponent` as digits × 10^n, if the 34 digits of a Decimal128 are enough.
fn decimal_digits(mantissa: u64, exponent: i32) -> Option<(u128, i32)> {
    const LIMIT: u128 = 10_u128.pow(34);
    if mantissa == 0 {
        return Some((0, 0));
    }
    let twos = mantissa.trailing_zeros();
    let (mut digits, mut power) = (u128::from(mantissa >> twos), exponent + twos as i32);
    if power < 0 {
        // m / 2^n is m * 5^n / 10^n.
        let fives = 5_u128.checked_pow(power.unsigned_abs())?;
        let digits = digits.checked_mul(fives).filter(|digits| *digits < LIMIT)?;
        return Some((digits, power));
    }
    // A factor 5 of the mantissa and a factor 2 of the power make a factor 10.
    let mut tens = 0;
    while power > 0 && digits.is_multiple_of(5) {
        digits /= 5;
        power -= 1;
        tens += 1;
    }
    let twos = 2_u128.checked_pow(power.unsigned_abs())?;
    let digits = digits.checked_mul(twos).filter(|digits| *digits < LIMIT)?;
    Some((digits, tens))
}

/// Returns the value of a number, or `None` for another type.
pub fn number(value: &Dynamic) -> Option<Number> {
    if let Some(int) = value.read_lock::<INT>() {
        return Some(Number::exact(*int < 0, int.unsigned_abs().into(), 0));
    }
    if let Some(float) = value.read_lock::<FLOAT>() {
        return Some(Number::from_float(*float));
    }
    let decimal = value.read_lock::<bson::Decimal128>()?;
    Some(decimal::number(&decimal))
}
