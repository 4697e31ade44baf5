use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Layer;
use crate::error::{Error, Kind};

/// Whether a layer is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerState {
    /// With details, for example the version of Landlock.
    Active(String),
    /// With the reason why it is missing.
    Missing(String),
}

/// The state of each layer around a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    pub namespaces: LayerState,
    pub landlock: LayerState,
    pub seccomp: LayerState,
}

impl Layers {
    /// The message of the log entry that [`to_line`](Self::to_line) writes.
    const MESSAGE: &'static str = "Confinement";

    pub fn get(&self, layer: Layer) -> &LayerState {
        match layer {
            Layer::Namespaces => &self.namespaces,
            Layer::Landlock => &self.landlock,
            Layer::Seccomp => &self.seccomp,
        }
    }

    pub fn is_active(&self, layer: Layer) -> bool {
        matches!(self.get(layer), LayerState::Active(_))
    }

    /// Returns whether scripts of others may run inside. They need Landlock, and one layer that
    /// blocks the network.
    pub fn suffice_for_scripts_of_others(&self) -> bool {
        self.is_active(Layer::Landlock)
            && (self.is_active(Layer::Seccomp) || self.is_active(Layer::Namespaces))
    }

    /// Returns the missing layers with the reasons.
    pub fn missing(&self) -> Vec<(Layer, &str)> {
        let reason = |layer| match self.get(layer) {
            LayerState::Active(_) => None,
            LayerState::Missing(reason) => Some((layer, reason.as_str())),
        };
        Layer::ALL.into_iter().filter_map(reason).collect()
    }

    /// Formats the layers as one log line, like the server's own entries.
    pub fn to_line(&self) -> String {
        json!({ "s": "I", "c": "SEAWORTHY", "msg": Self::MESSAGE, "attr": self }).to_string()
    }

    /// Parses a line that [`to_line`](Self::to_line) wrote.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut entry: Value = serde_json::from_str(line).ok()?;
        let is_ours = entry["msg"] == Self::MESSAGE;
        is_ours
            .then(|| serde_json::from_value(entry["attr"].take()).ok())
            .flatten()
    }
}

/// Returns the error for a system that cannot confine scripts of others.
pub fn layers_missing(layers: Option<&Layers>) -> Error {
    let missing = layers.map(Layers::missing).unwrap_or_default();
    let reasons: Vec<String> = missing
        .iter()
        .map(|(layer, reason)| format!("{layer} ({reason})"))
        .collect();
    Error::new(
        Kind::Server,
        format!(
            "this system cannot confine scripts of others: it lacks {}",
            reasons.join(" and ")
        ),
    )
    .hint(
        "they need Landlock, and seccomp or namespaces; \
         `--accept-missing-layers` runs them with the layers that are there, at your own risk",
    )
}

impl fmt::Display for Layers {
    /// Lists the active layers, for example `namespaces (user, mount, network), landlock (ABI 7),
    /// seccomp`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let active = Layer::ALL
            .into_iter()
            .filter_map(|layer| match self.get(layer) {
                LayerState::Active(details) if details.is_empty() => Some(layer.to_string()),
                LayerState::Active(details) => Some(format!("{layer} ({details})")),
                LayerState::Missing(_) => None,
            });
        let active: Vec<String> = active.collect();
        match active.as_slice() {
            [] => f.write_str("none"),
            active => f.write_str(&active.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(landlock: bool, seccomp: bool, namespaces: bool) -> Layers {
        let state = |active| match active {
            true => LayerState::Active(String::new()),
            false => LayerState::Missing("old kernel".to_owned()),
        };
        Layers {
            namespaces: state(namespaces),
            landlock: state(landlock),
            seccomp: state(seccomp),
        }
    }

    #[test]
    fn scripts_of_others_need_landlock_and_no_network() {
        assert!(layers(true, true, false).suffice_for_scripts_of_others());
        assert!(layers(true, false, true).suffice_for_scripts_of_others());
        assert!(!layers(true, false, false).suffice_for_scripts_of_others());
        assert!(!layers(false, true, true).suffice_for_scripts_of_others());
    }

    #[test]
    fn layers_are_read_back_from_their_log_line() {
        let layers = layers(true, false, true);
        assert_eq!(Layers::from_line(&layers.to_line()), Some(layers));
        assert_eq!(Layers::from_line("{\"t\":1}"), None);
    }

    #[test]
    fn missing_layers_have_reasons() {
        assert_eq!(
            layers(true, false, true).missing(),
            [(Layer::Seccomp, "old kernel")]
        );
        assert_eq!(layers(false, false, false).to_string(), "none");
    }
}
