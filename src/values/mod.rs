//! The values of scripts: Document, the BSON types and Set, their codec, and Extended JSON.

pub mod bson_types;
pub mod closure;
pub mod codec;
pub mod comparing;
pub mod decimal;
mod depth;
pub mod description;
pub mod document;
pub mod document_closures;
pub mod document_fields;
pub mod document_functions;
pub mod ejson;
pub mod element_call;
pub mod fields;
pub mod json;
pub mod number;
pub mod order;
pub mod set;
pub mod show;
pub mod thrown;
pub mod type_name;
pub mod words;
