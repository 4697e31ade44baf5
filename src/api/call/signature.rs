use super::option_spec::OptionSpec;
use super::value_type::ValueType;

/// A script function: what it is called, what it takes and what it returns.
///
/// Help, reference, completion, definitions for editors and the check of arguments read this value.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub form: Form,
    /// The script type it is called on; empty for a function that stands alone.
    pub receiver: &'static str,
    /// The module it is named with, such as `random`; empty for most.
    pub module: &'static str,
    pub parameters: &'static [Parameter],
    /// The script type it returns; empty if it returns nothing or a value of any type.
    pub returns: &'static str,
    /// Whether its result holds documents of the collection it was called on.
    pub keeps_documents: bool,
    /// Whether this program brings it, and not Rhai.
    pub is_ours: bool,
    /// The help text as it stands behind `///`, line by line.
    pub comment: &'static str,
}

/// A parameter of a script function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub value_type: ValueType,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// How a function is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `ObjectId("…")`: makes a value of the type it is named after.
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

    /// Whether it is written with a name, so that help and completion offer it.
    pub fn is_named(&self) -> bool {
        !matches!(self.form, Form::Operator | Form::Index)
    }

    /// Whether its types are known: those of a parameter or of the result.
    pub fn has_types(&self) -> bool {
        let is_typed = |one: &Parameter| !matches!(one.value_type, ValueType::Any);
        !self.returns.is_empty() || self.parameters.iter().any(is_typed)
    }

    /// How many arguments it needs.
    pub fn required(&self) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| !parameter.is_optional)
            .count()
    }

    /// Every option it takes.
    pub fn options(&self) -> impl Iterator<Item = &'static OptionSpec> {
        self.parameters
            .iter()
            .flat_map(|parameter| parameter.value_type.options())
    }

    /// Whether a session may stand among its options.
    pub fn takes_session(&self) -> bool {
        self.options()
            .any(|option| matches!(option.value_type, ValueType::Session))
    }

    /// The options that may stand in the argument of that number, counted from 0.
    pub fn options_at(&self, argument: usize) -> impl Iterator<Item = &'static OptionSpec> {
        let at = |index: usize| self.parameters.get(index);
        let parameter = match (at(argument), at(argument + 1)) {
            // A parameter in front of the options may be left out.
            (Some(first), Some(next)) if first.may_be_skipped_for(next) => Some(next),
            (first, _) => first,
        };
        parameter
            .into_iter()
            .flat_map(|parameter| parameter.value_type.options())
    }

    /// The parameters by their names: `filter, update, options?`.
    pub fn parameter_names(&self) -> String {
        let names: Vec<String> = self.parameters.iter().map(Parameter::marked).collect();
        names.join(", ")
    }

    /// The call without types: `find(filter?, options?)`.
    pub fn call(&self) -> String {
        match self.form {
            Form::Property | Form::Operator | Form::Index => self.name.to_owned(),
            _ => format!("{}({})", self.name, self.parameter_names()),
        }
    }

    /// The call with types: `collection.find(filter?: Document, options?: Document) -> Cursor`.
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

    /// The help text, as Markdown.
    pub fn docs(&self) -> String {
        let lines = self.comment.lines();
        let lines: Vec<&str> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect();
        lines.join("\n").trim().to_owned()
    }

    /// The help text in front of the first example.
    pub fn words(&self) -> String {
        let docs = self.docs();
        docs.split("```").next().unwrap_or_default().trim().into()
    }

    /// The first sentence of the help text.
    pub fn summary(&self) -> String {
        let docs = self.docs();
        let paragraph = docs.split("\n\n").next().unwrap_or_default();
        let end = paragraph
            .find(". ")
            .or_else(|| paragraph.find(".\n"))
            .map_or(paragraph.len(), |at| at + 1);
        paragraph[..end].trim().to_owned()
    }

    /// The examples in the help text, each a script.
    pub fn examples(&self) -> Vec<String> {
        let docs = self.docs();
        docs.split("```rhai\n")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once("```")?.0.trim_end().to_owned()))
            .collect()
    }
}

impl Parameter {
    /// Whether options may stand in its place if it is left out.
    pub fn may_be_skipped_for(&self, next: &Self) -> bool {
        self.is_optional && !self.value_type.takes_documents() && next.value_type.is_options()
    }

    /// `filter?`.
    pub fn marked(&self) -> String {
        let mark = if self.is_optional { "?" } else { "" };
        format!("{}{mark}", self.name)
    }

    /// `filter?: Document`; the name alone where any value fits.
    fn typed(&self) -> String {
        match self.value_type {
            ValueType::Any => self.marked(),
            value_type => format!("{}: {}", self.marked(), value_type.name()),
        }
    }
}
