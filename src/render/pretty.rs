//! Values as source code over several lines, as the prompt shows them.

use rhai::{Array, Dynamic, Map};

use crate::values::document::Document;
use crate::values::set::Set;
use crate::values::{show, words};

/// The maximum number of elements shown of one array.
pub const MOST_ELEMENTS: usize = 100;

const INDENT: usize = 2;

/// Returns the value as source: on one line if it fits, otherwise one line per field or element.
pub fn pretty(value: &Dynamic, width: usize) -> String {
    let mut writer = Writer {
        text: String::new(),
        width,
    };
    writer.value(value, 0, 0);
    writer.text
}

struct Writer {
    text: String,
    width: usize,
}

enum Parts {
    Fields(Vec<(String, Dynamic)>),
    Elements(Vec<Dynamic>, usize),
}

impl Writer {
    /// Writes a value. `used` is the number of characters already on its line.
    fn value(&mut self, value: &Dynamic, indent: usize, used: usize) {
        let Some((open, parts, close)) = parts(value) else {
            return self.text.push_str(&leaf(value, indent));
        };
        let is_whole = !matches!(&parts, Parts::Elements(shown, all) if shown.len() < *all);
        if is_whole && let Some(flat) = flat(value, self.width.saturating_sub(used + 1)) {
            return self.text.push_str(&flat);
        }
        self.text.push_str(open);
        match parts {
            Parts::Fields(fields) => {
                for (name, value) in fields {
                    self.line(indent + INDENT);
                    let name = if words::is_plain_key(&name) {
                        name
                    } else {
                        show::source(&name.into())
                    };
                    self.text.push_str(&name);
                    self.text.push_str(": ");
                    let used = indent + INDENT + name.chars().count() + 2;
                    self.value(&value, indent + INDENT, used);
                    self.text.push(',');
                }
            }
            Parts::Elements(elements, all) => {
                let more = all - elements.len();
                for value in elements {
                    self.line(indent + INDENT);
                    self.value(&value, indent + INDENT, indent + INDENT);
                    self.text.push(',');
                }
                if more > 0 {
                    self.line(indent + INDENT);
                    self.text
                        .push_str(&format!("// {more} more: `print` shows all"));
                }
            }
        }
        self.line(indent);
        self.text.push_str(close);
    }

    fn line(&mut self, indent: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
    }
}

/// Returns the parts of a value that can be written over several lines; `None` if it has none.
fn parts(value: &Dynamic) -> Option<(&'static str, Parts, &'static str)> {
    if let Some(document) = value.read_lock::<Document>() {
        let fields: Vec<_> = document
            .entries()
            .ok()?
            .into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect();
        return (!fields.is_empty()).then_some(("#{", Parts::Fields(fields), "}"));
    }
    if let Some(map) = value.read_lock::<Map>() {
        let fields: Vec<_> = map
            .iter()
            .map(|(name, value)| (name.to_string(), value.flatten_clone()))
            .collect();
        return (!fields.is_empty()).then_some(("#{", Parts::Fields(fields), "}"));
    }
    if let Some(array) = value.read_lock::<Array>() {
        return elements(array.iter(), array.len()).map(|parts| ("[", parts, "]"));
    }
    let set = value.read_lock::<Set>()?;
    let all = set.iter().len();
    elements(set.iter(), all).map(|parts| ("set([", parts, "])"))
}

fn elements<'a>(values: impl Iterator<Item = &'a Dynamic>, all: usize) -> Option<Parts> {
    let shown = values
        .take(MOST_ELEMENTS)
        .map(Dynamic::flatten_clone)
        .collect();
    (all > 0).then_some(Parts::Elements(shown, all))
}

/// Returns the value on one line, if it has at most `room` characters.
fn flat(value: &Dynamic, room: usize) -> Option<String> {
    // Do not render millions of fields only to measure them.
    if least_width(value, room) > room {
        return None;
    }
    let flat = show::source(value);
    (flat.chars().count() <= room).then_some(flat)
}

/// Returns a lower bound of the one-line width. Stops as soon as it exceeds `room`.
fn least_width(value: &Dynamic, room: usize) -> usize {
    let mut width = 2;
    match parts(value) {
        None => width,
        Some((_, Parts::Fields(fields), _)) => {
            for (name, value) in fields {
                width += name.chars().count() + 4 + least_width(&value, room);
                if width > room {
                    break;
                }
            }
            width - 2
        }
        Some((_, Parts::Elements(elements, all), _)) => {
            if all > room {
                return all;
            }
            for value in elements {
                width += least_width(&value, room).saturating_sub(1);
                if width > room {
                    break;
                }
            }
            width - 2
        }
    }
}

/// Returns a value without parts. Inside documents and arrays, an Int64 keeps its type name.
fn leaf(value: &Dynamic, indent: usize) -> String {
    if indent == 0 {
        return show::source(value);
    }
    let inside = show::source(&Dynamic::from_array(vec![value.clone()]));
    inside[1..inside.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Dynamic {
        let engine = crate::engine::build(&session(), &crate::engine::LookedAt::all());
        engine.eval::<Dynamic>(text).unwrap()
    }

    fn session() -> crate::api::run::session::Session {
        use crate::api::run::event::Output;
        use crate::api::run::run_limits::RunLimits;
        use crate::api::run::session::Session;
        use crate::api::run::session_options::{ServerSource, SessionOptions};
        Session::new(SessionOptions {
            args: vec![],
            seed: None,
            output: Output::new(|_| Ok(())),
            interrupt: crate::mongo::Interrupt::new(None),
            server: ServerSource::none(),
            database: None,
            confined: false,
            limits: RunLimits::NONE,
            trace: false,
            recorder: None,
            start_set: crate::api::run::session_options::no_sets(),
            explain: crate::api::run::explanation::unexplained,
        })
    }

    #[test]
    fn a_value_that_does_not_fit_takes_several_lines() {
        let value = document("#{ a: 1, list: [1, \"x\"], deep: #{ b: Int64(5), c: () } }");
        assert_eq!(
            pretty(&value, 80),
            "#{ a: 1, list: [1, \"x\"], deep: #{ b: Int64(5), c: () } }"
        );
        assert_eq!(
            pretty(&value, 33),
            "#{\n  a: 1,\n  list: [1, \"x\"],\n  deep: #{ b: Int64(5), c: () },\n}"
        );
    }

    #[test]
    fn pretty_output_is_source_and_long_arrays_are_shortened() {
        let value = document("#{ a: [[1, 2], [#{ \"x y\": DateTime(0) }]], s: set([1, 2, 3]) }");
        for width in 1..60 {
            let again = document(&pretty(&value, width));
            assert_eq!(show::source(&again), show::source(&value));
        }
        let long = document("let a = []; a.pad(1000, 0); a");
        assert!(pretty(&long, 80).ends_with("// 900 more: `print` shows all\n]"));
    }
}
