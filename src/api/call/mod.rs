//! How script functions are declared: one row of a table makes the function, its signature and its checks.

mod arguments;
mod library;
mod methods;
mod option_groups;
mod option_spec;
mod outcome;
mod registry;
mod signature;
mod value_type;

pub use arguments::{Call, check_options};
pub use library::Library;
pub use methods::{Method, Registrar, receiver};
pub(crate) use methods::{functions, keeps_documents, methods, parameters};
pub use option_groups::INDEX;
pub use option_spec::OptionSpec;
pub use outcome::{CallError, Outcome, thrown};
pub use registry::Registry;
pub use signature::{Form, Parameter, Signature};
pub use value_type::ValueType;
