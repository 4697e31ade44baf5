use crate::translate::Language;

/// The languages that `translate` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SourceLanguage {
    Mongosh,
    Pymongo,
}

impl SourceLanguage {
    pub(super) fn language(self) -> Language {
        match self {
            Self::Mongosh => Language::Mongosh,
            Self::Pymongo => Language::PyMongo,
        }
    }
}
