use std::fmt;

/// What a run may use. Trusted scripts have only the limit for memory.
pub struct RunLimits {
    /// How much memory the program may use, in bytes; `None` for the default limit.
    pub memory: Option<u64>,
    /// How many tasks may run at the same time.
    pub tasks: Option<usize>,
    /// How many bytes the run may print.
    pub output: Option<u64>,
    pub data: Option<DataLimit>,
}

/// The limit for the data of servers, and how to measure it.
pub struct DataLimit {
    pub bytes: u64,
    /// Returns the size of the folders of the servers, in bytes.
    pub measure: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl RunLimits {
    /// The limits of trusted scripts.
    pub const NONE: Self = Self {
        memory: None,
        tasks: None,
        output: None,
        data: None,
    };
}

/// A limit that a run exceeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// The bytes that servers store.
    Data(u64),
    /// The tasks at the same time.
    Tasks(usize),
    /// The bytes of output.
    Output(u64),
}

impl Exceeded {
    /// Returns the name of the limit on the command line.
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
