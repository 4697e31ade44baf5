use std::time::Instant;

/// A process at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Seconds since its start.
    pub at: f64,
    /// What it holds, in bytes.
    pub memory: u64,
    /// How many files, sockets and the like it has open.
    pub descriptors: usize,
}

impl Sample {
    /// The process `pid` now, or `None` where it is over.
    pub fn of(pid: u32, started: Instant) -> Option<Self> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(Self {
            at: started.elapsed().as_secs_f64(),
            memory: kib * 1024,
            descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count(),
        })
    }
}

/// A process over time.
#[derive(Debug, Default)]
pub struct Samples {
    pub all: Vec<Sample>,
    /// Those at the ends of the ten tenths of its work.
    pub marks: Vec<Sample>,
}

impl Samples {
    /// After the first tenth of the work. There is one: a work without all its marks is an error.
    pub fn first_tenth(&self) -> Sample {
        self.marks[0]
    }

    /// After the last tenth.
    pub fn last(&self) -> Sample {
        self.marks[self.marks.len() - 1]
    }
}
