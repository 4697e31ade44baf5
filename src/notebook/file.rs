use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value, json};

use super::METADATA;
use super::cell_id::CellIds;
use crate::error::{Error, Kind, Result};

/// A notebook as in its file: nbformat 4.
///
/// What this program does not know stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notebook {
    pub cells: Vec<NotebookCell>,
    #[serde(default)]
    pub metadata: Map<String, Value>,
    nbformat: u32,
    #[serde(default)]
    nbformat_minor: u32,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// One cell of a notebook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotebookCell {
    pub cell_type: CellType,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    #[serde(default)]
    pub metadata: Map<String, Value>,
    #[serde(serialize_with = "as_lines", deserialize_with = "from_lines")]
    pub source: String,
    /// The outputs, their number, attachments.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellType {
    Code,
    Markdown,
    /// Text that is neither run nor drawn.
    Raw,
}

/// The name of our kernel in notebooks, and of the folder of its specification.
pub const KERNEL_NAME: &str = "seaworthy";

/// The name of our kernel in menus.
pub const DISPLAY_NAME: &str = "seaworthy";

/// Returns what Jupyter has to know about the language.
pub fn language_info() -> Value {
    json!({
        // In the modes of JavaScript, the fewest words have a wrong colour.
        "codemirror_mode": "javascript",
        "file_extension": ".rhai",
        "mimetype": "text/x-rhai",
        "name": "rhai",
        "pygments_lexer": "javascript",
    })
}

impl Notebook {
    /// Returns a notebook for our kernel.
    pub fn new(cells: Vec<NotebookCell>) -> Self {
        let metadata = json!({
            "kernelspec": {
                "display_name": DISPLAY_NAME, "language": "rhai", "name": KERNEL_NAME,
            },
            "language_info": language_info(),
        });
        Self {
            cells,
            metadata: match metadata {
                Value::Object(metadata) => metadata,
                _ => Map::new(),
            },
            nbformat: 4,
            nbformat_minor: 5,
            other: Map::new(),
        }
    }

    /// Reads the text of a notebook file. Cells without an id, as in older notebooks, get one.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not a notebook of nbformat 4.
    pub fn read(name: &str, text: &str) -> Result<Self> {
        let mut notebook: Self = serde_json::from_str(text).map_err(|cause| {
            Error::invalid_argument(format!("`{name}` is not a notebook: {cause}"))
                .hint("a notebook has the ending `.ipynb` and nbformat 4")
        })?;
        let version = notebook.nbformat;
        if version != 4 {
            return Err(Error::invalid_argument(format!(
                "`{name}` has nbformat {version}, and only nbformat 4 can be read"
            ))
            .hint("open it in Jupyter and save it again"));
        }
        if notebook.nbformat_minor < 5 {
            notebook.nbformat_minor = 5;
        }
        let mut ids = CellIds::default();
        for cell in &mut notebook.cells {
            cell.id = ids.unique(&cell.id, &cell.source);
        }
        Ok(notebook)
    }

    /// Returns the text of the notebook's file, as Jupyter writes it.
    ///
    /// # Errors
    /// `Server` if it cannot be written as JSON, which does not happen with the values of a
    /// notebook.
    pub fn text(&self) -> Result<String> {
        let failed = |cause: String| Error::new(Kind::Server, cause);
        let mut value = serde_json::to_value(self).map_err(|cause| failed(cause.to_string()))?;
        // Jupyter sorts the keys and indents by one, so saving there changes only what is edited.
        value.sort_all_objects();
        let mut bytes = Vec::new();
        let formatter = PrettyFormatter::with_indent(b" ");
        let mut writer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        value
            .serialize(&mut writer)
            .map_err(|cause| failed(cause.to_string()))?;
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(|cause| failed(cause.to_string()))
    }

    /// Returns what the notebook's script is in a course: `lesson`, `exercise` or `solution`.
    pub fn kind(&self) -> Option<&str> {
        self.metadata.get(METADATA)?.get("kind")?.as_str()
    }

    /// Removes the outputs of all cells.
    pub fn clear(&mut self) {
        for cell in &mut self.cells {
            if cell.cell_type == CellType::Code {
                cell.set_outputs(None, Vec::new());
            }
        }
    }
}

impl NotebookCell {
    /// Returns a cell without outputs.
    pub fn new(cell_type: CellType, id: String, source: String) -> Self {
        let mut cell = Self {
            cell_type,
            id,
            metadata: Map::new(),
            source,
            other: Map::new(),
        };
        if cell_type == CellType::Code {
            cell.set_outputs(None, Vec::new());
        }
        cell
    }

    /// Replaces the outputs. `count` is the number that Jupyter shows beside the cell.
    pub fn set_outputs(&mut self, count: Option<usize>, outputs: Vec<Value>) {
        self.other.insert("execution_count".into(), count.into());
        self.other.insert("outputs".into(), outputs.into());
    }
}

fn as_lines<S: Serializer>(text: &str, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(text.split_inclusive('\n'))
}

fn from_lines<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Text {
        Whole(String),
        Lines(Vec<String>),
    }
    Ok(match Text::deserialize(deserializer)? {
        Text::Whole(text) => text,
        Text::Lines(lines) => lines.concat(),
    })
}
