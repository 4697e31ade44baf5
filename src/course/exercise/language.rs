/// A language other than that of the scripts, in which a solution may exist too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python with PyMongo.
    Pymongo,
    /// JavaScript with the Node.js driver.
    Node,
}

impl Language {
    /// Returns the name of its folder in `solutions`, and on the command line.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Pymongo => "pymongo",
            Self::Node => "node",
        }
    }

    /// Returns the ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pymongo => "py",
            Self::Node => "mjs",
        }
    }
}
