//! The settings of the prompt in `config.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

/// The settings, with defaults for everything that the file does not set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PromptSettings {
    /// `"auto"`, `"always"` or `"never"`.
    pub colour: Colour,
    /// The number of documents of a cursor shown at a time.
    pub page_size: usize,
    /// `"emacs"` or `"vi"`.
    pub editor_mode: EditorMode,
    /// Whether completion reads documents to find field names.
    pub completion_sampling: bool,
    /// The number of lines in the history.
    pub history_size: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditorMode {
    #[default]
    Emacs,
    Vi,
}

impl Default for PromptSettings {
    fn default() -> Self {
        Self {
            colour: Colour::Auto,
            page_size: 20,
            editor_mode: EditorMode::Emacs,
            completion_sampling: true,
            history_size: 10_000,
        }
    }
}

impl PromptSettings {
    /// Reads the settings in `file`. A missing file is not an error.
    ///
    /// # Errors
    /// `InvalidArgument`, with the line, if a setting is invalid.
    pub fn read(file: &Path) -> Result<Self> {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text).map_err(|why| {
                Error::invalid_argument(format!("`{}` was ignored: {why}", file.display()))
                    .hint("the settings are `colour`, `page_size`, `editor_mode`, `completion_sampling` and `history_size`")
            }),
            Err(_) => Ok(Self::default()),
        }
    }

    fn parse(text: &str) -> std::result::Result<Self, String> {
        let settings: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            // The hint lists the valid names.
            let what = error.message().split(", expected one of").next();
            format!("line {line}: {}", what.unwrap_or_default().trim())
        })?;
        if settings.page_size == 0 {
            return Err("`page_size` must be above 0".into());
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_invalid_ones_refused() {
        let settings = PromptSettings::parse("editor_mode = \"vi\"\npage_size = 5").unwrap();
        assert_eq!(
            settings,
            PromptSettings {
                editor_mode: EditorMode::Vi,
                page_size: 5,
                ..PromptSettings::default()
            }
        );
        for text in ["color = 1", "page_size = 0", "editor_mode = \"nano\"", "["] {
            assert!(PromptSettings::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            PromptSettings::read(Path::new("/nowhere/config.toml")).unwrap(),
            PromptSettings::default()
        );
    }
}
