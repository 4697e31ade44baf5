use std::fmt;

/// What a run may use up. The person who runs scripts of others decides; their own scripts have the limit of memory only.
pub struct RunLimits {
    /// How much memory the program may hold, in bytes; `None` for the usual limit.
    pub memory: Option<u64>,
    /// How many tasks may run at once.
    pub tasks: Option<usize>,
    /// How many bytes the run may print.
    pub output: Option<u64>,
    /// How many bytes its servers may store.
    pub data: Option<DataLimit>,
}

/// The limit of what servers store, and how it is measured.
pub struct DataLimit {
    pub bytes: u64,
    /// The size of the servers' folders, in bytes.
    pub measure: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl RunLimits {
    /// The limits of one's own scripts.
    pub const NONE: Self = Self {
        memory: None,
        tasks: None,
        output: None,
        data: None,
    };
}

/// A limit that a run went beyond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// Bytes that servers store.
    Data(u64),
    /// Tasks at once.
    Tasks(usize),
    /// Bytes of output.
    Output(u64),
}

impl Exceeded {
    /// The name of the limit, as it is given on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Data(_) => "data",
            Self::Tasks(_) => "tasks",
            Self::Output(_) => "output",
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(bytes) => write!(
                f,
                "the servers of the script store more than {} MiB",
                bytes >> 20
            ),
            Self::Tasks(count) => write!(f, "the script runs more than {count} tasks at once"),
            Self::Output(bytes) => write!(f, "the script prints more than {} KB", bytes / 1000),
        }
    }
}
