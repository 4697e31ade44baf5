//! BSON's types in scripts, one file each. ObjectId, DateTime, Timestamp and Decimal128 are types
//! of the `bson` crate.

pub mod binary;
pub mod code;
mod comparing;
pub mod date_format;
pub mod date_time;
pub mod db_pointer;
pub mod decimal128;
mod decimal_operators;
pub mod keys;
mod numbers;
pub mod object_id;
pub mod regex;
pub mod symbol;
mod timestamp;
pub mod undefined;

pub use binary::{Binary, parse as parse_binary, uuid as parse_uuid};
pub use code::Code;
pub use db_pointer::DbPointer;
pub use decimal128::parse as parse_decimal;
pub use keys::{MaxKey, MinKey};
pub use regex::Regex;
pub use symbol::Symbol;
pub use undefined::Undefined;

use rhai::Module;

/// Registers their constructors, properties and operators.
pub fn register(module: &mut Module) {
    object_id::register(module);
    date_time::register(module);
    timestamp::register(module);
    binary::register(module);
    regex::register(module);
    keys::register(module);
    code::register(module);
    symbol::register(module);
    undefined::register(module);
    db_pointer::register(module);
    numbers::register(module);
    decimal128::register(module);
    decimal_operators::register(module);
    comparing::register(module);
}
