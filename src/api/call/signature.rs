use super::option_spec::OptionSpec;
use super::value_type::ValueType;

/// A script function: its name, its parameters and its return type.
///
/// Help, the reference, completion, the definitions for editors and the check of arguments use it.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub form: Form,
    /// The script type it is called on; empty for a function without a receiver.
    pub receiver: &'static str,
    /// Its module, such as `random`; empty for most functions.
    pub module: &'static str,
    pub parameters: &'static [Parameter],
    /// The script type it returns; empty if it returns nothing or a value of any type.
    pub returns: &'static str,
    /// Whether its result has documents of the collection it was called on.
    pub keeps_documents: bool,
    /// Whether this program provides it, and not Rhai.
    pub is_ours: bool,
    /// The help text: the lines after `///`.
    pub comment: &'static str,
}

/// A parameter of a script function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub value_type: ValueType,
    pub is_optional: bool,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `ObjectId("…")`: makes a value of the type with this name.
    Constructor,
    /// `value.name`.
    Property,
    /// `value.name(…)`.
    Method,
    /// `name(…)`.
    Function,
    /// `left + right`.
    Operator,
    /// `value["name"]`.
    Index,
}

impl Signature {
    pub fn is_property(&self) -> bool {
        self.form == Form::Property
    }

    /// Returns whether it is called by name, so that help and completion offer it.
    pub fn is_named(&self) -> bool {
        !matches!(self.form, Form::Operator | Form::Index)
    }

    /// Returns whether the type of a parameter or of the result is known.
    pub fn has_types(&self) -> bool {
        let is_typed = |one: &Parameter| !matches!(one.value_type, ValueType::Any);
        !self.returns.is_empty() || self.parameters.iter().any(is_typed)
    }

    pub fn required(&self) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| !parameter.is_optional)
            .count()
    }

    pub fn options(&self) -> impl Iterator<Item = &'static OptionSpec> {
        self.parameters
            .iter()
            .flat_map(|parameter| parameter.value_type.options())
    }

    pub fn takes_session(&self) -> bool {
        self.options()
            .any(|option| matches!(option.value_type, ValueType::Session))
    }

    /// Returns the options that are allowed in the argument with this index.
    pub fn options_at(&self, argument: usize) -> impl Iterator<Item = &'static OptionSpec> {
        let at = |index: usize| self.parameters.get(index);
        let parameter = match (at(argument), at(argument + 1)) {
            // The parameter before the options may be left out.
            (Some(first), Some(next)) if first.may_be_skipped_for(next) => Some(next),
            (first, _) => first,
        };
        parameter
            .into_iter()
            .flat_map(|parameter| parameter.value_type.options())
    }

    /// Returns the names of the parameters: `filter, update, options?`.
    pub fn parameter_names(&self) -> String {
        let names: Vec<String> = self.parameters.iter().map(Parameter::marked).collect();
        names.join(", ")
    }

    /// Returns the call without types: `find(filter?, options?)`.
    pub fn call(&self) -> String {
        match self.form {
            Form::Property | Form::Operator | Form::Index => self.name.to_owned(),
            _ => format!("{}({})", self.name, self.parameter_names()),
        }
    }

    /// Returns the call with types, such as
    /// `collection.find(filter?: Document, options?: Document) -> Cursor`.
    pub fn usage(&self) -> String {
        let before = match (self.receiver, self.module) {
            ("", "") => String::new(),
            ("", module) => format!("{module}::"),
            (receiver, _) => format!("{}.", receiver.to_lowercase().replace(' ', "_")),
        };
        let parameters: Vec<String> = self.parameters.iter().map(Parameter::typed).collect();
        let call = match self.form {
            Form::Property | Form::Operator | Form::Index => self.name.to_owned(),
            _ => format!("{}({})", self.name, parameters.join(", ")),
        };
        match self.returns {
            "" => format!("{before}{call}"),
            returns => format!("{before}{call} -> {returns}"),
        }
    }

    /// Returns the help text as Markdown.
    pub fn docs(&self) -> String {
        let lines = self.comment.lines();
        let lines: Vec<&str> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect();
        lines.join("\n").trim().to_owned()
    }

    /// Returns the help text before the first example.
    pub fn words(&self) -> String {
        let docs = self.docs();
        docs.split("```").next().unwrap_or_default().trim().into()
    }

    /// Returns the first sentence of the help text.
    pub fn summary(&self) -> String {
        let docs = self.docs();
        let paragraph = docs.split("\n\n").next().unwrap_or_default();
        let end = paragraph
            .find(". ")
            .or_else(|| paragraph.find(".\n"))
            .map_or(paragraph.len(), |at| at + 1);
        paragraph[..end].trim().to_owned()
    }

    /// Returns the examples in the help text, each a script.
    pub fn examples(&self) -> Vec<String> {
        let docs = self.docs();
        docs.split("```rhai\n")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once("```")?.0.trim_end().to_owned()))
            .collect()
    }
}

impl Parameter {
    /// Returns whether options may take its place if it is left out.
    pub fn may_be_skipped_for(&self, next: &Self) -> bool {
        self.is_optional && !self.value_type.takes_documents() && next.value_type.is_options()
    }

    /// Returns whether it is a filter that may be left out.
    pub fn is_filter(&self) -> bool {
        self.is_optional && self.name == "filter"
    }

    /// Returns `filter?`.
    pub fn marked(&self) -> String {
        let mark = if self.is_optional { "?" } else { "" };
        format!("{}{mark}", self.name)
    }

    /// Returns `filter?: Document`, or only the name if any value is allowed.
    fn typed(&self) -> String {
        match self.value_type {
            ValueType::Any => self.marked(),
            value_type => format!("{}: {}", self.marked(), value_type.name()),
        }
    }
}
