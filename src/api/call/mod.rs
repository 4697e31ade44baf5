//! Declares script functions: one row of a table makes the function, its signature and its checks.

pub mod arguments;
pub mod function_error;
pub mod library;
pub mod methods;
pub mod option_groups;
mod option_names;
mod option_spec;
mod registry;
pub mod script_path;
pub mod signature;
pub mod value_type;

pub use arguments::{Call, check_options};
pub use function_error::{FunctionError, FunctionResult, thrown};
pub use library::FunctionLibrary;
pub use methods::{Method, Registrar, receiver};
pub(crate) use methods::{keeps_documents, methods, parameters};
pub use option_groups::INDEX;
pub(crate) use option_names::{our_name, renamed, with_our_names};
pub use option_spec::OptionSpec;
pub use registry::Registry;
pub use signature::{Form, Parameter, Signature};
pub use value_type::ValueType;
