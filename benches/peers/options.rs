use std::path::PathBuf;

use clap::Parser;

use super::rows::{Kind, Row};

/// The same work through the bare driver, seaworthy, PyMongo and mongosh.
#[derive(Debug, Parser)]
#[command(name = "peers")]
pub struct Options {
    /// How many rounds count; one more comes before them and does not
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Only the rows whose name contains this; may be given several times
    #[arg(long, value_name = "ROW")]
    only: Vec<String>,
    /// A tenth of the work and two rounds: to see that everything runs, not to compare
    #[arg(long)]
    pub quick: bool,
    /// Only what is here already: nothing is installed
    #[arg(long)]
    pub offline: bool,
    /// Where the table, the JSON and the chart are written
    #[arg(long, value_name = "FOLDER", default_value = "target/peers/results")]
    pub output: PathBuf,
    /// What Cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    pub fn wants(&self, row: &Row) -> bool {
        self.only.is_empty()
            || self
                .only
                .iter()
                .any(|part| row.name.contains(part.as_str()))
    }

    pub fn rounds(&self) -> usize {
        if self.quick { 2 } else { self.rounds.max(1) }
    }

    pub fn size(&self, row: &Row) -> usize {
        match row.kind {
            Kind::Process | Kind::FirstDocument => row.size,
            _ if self.quick => row.size / 10,
            _ => row.size,
        }
    }
}
