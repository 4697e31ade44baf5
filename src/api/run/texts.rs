use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::record::Recorder;

/// The texts of a run by their shown names: the main script and its imports. Copies share them.
///
/// Error messages use them to show the line of an error.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    shared: Arc<Mutex<HashMap<String, Arc<str>>>>,
    recorder: Option<Recorder>,
}

impl Texts {
    /// Creates texts that are added to the recording of the run, if there is one.
    pub fn recorded(recorder: Option<&Recorder>) -> Self {
        Self {
            recorder: recorder.cloned(),
            ..Self::default()
        }
    }

    pub fn insert(&self, name: &str, text: &Arc<str>) {
        if let Some(recorder) = &self.recorder {
            recorder.add_source(name, text);
        }
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), Arc::clone(text));
    }

    /// Returns the recording that the texts are added to.
    pub fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    pub fn get(&self, name: &str) -> Option<Arc<str>> {
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    pub fn len(&self) -> usize {
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
