//! What runs for long must not grow: `cargo bench --bench long`.
//!
//! A million inserts one by one, a million bad lines at the prompt, ten thousand tasks, a thousand clients, ten minutes of
//! watching. Each is a process of its own whose memory and file descriptors are read from outside ten times a second; all
//! run at once, since nobody asks how fast they are. At the end they have to be where they were after the first tenth: what is there by then is what the work needs, and what
//! comes on top is a leak. `--short` does a hundredth; `--only NAME` picks one. In reading order:
//!
//! - [`work`]: what is run, and how it tells how far it is
//! - [`sample`]: memory and descriptors of a process
//! - [`chart`]: memory over time as SVG
//! - [`server`]: the server, as in the comparison with other programs

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

mod chart;
mod sample;
#[allow(
    dead_code,
    reason = "the folders without a server are for the peers alone"
)]
#[path = "../peers/server.rs"]
mod server;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use clap::Parser;

use sample::Samples;
use server::Server;
use work::{WORKS, Work};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How much memory may have come, in bytes, beside a tenth: the allocator keeps what it has.
const SLACK: u64 = 8 << 20;
/// A connection of the pool or of a monitor may have come since.
const SLACK_DESCRIPTORS: usize = 4;

#[derive(Debug, Parser)]
#[command(name = "long")]
struct Options {
    /// Only those whose name contains this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// A hundredth of everything
    #[arg(long)]
    short: bool,
    /// Where the chart is written
    #[arg(long, value_name = "FOLDER", default_value = "target/peers/results")]
    output: PathBuf,
    /// What Cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    fn wants(&self, work: &Work) -> bool {
        let part = self.only.as_deref();
        part.is_none_or(|part| work.name.contains(part))
    }

    /// Does one of the works, and says how it went.
    fn run(&self, work: &Work, server: &Server) -> Result<(&'static str, Samples)> {
        let size = if self.short {
            work.size / 100
        } else {
            work.size
        };
        eprintln!("{}: {size} {}", work.name, work.what);
        let samples = work.run(size, server)?;
        println!("{}", verdict(work.name, &samples));
        Ok((work.name, samples))
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("long: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing grew.
fn run(options: &Options) -> Result<bool> {
    let server = Server::start()?;
    let all = thread::scope(|scope| {
        let wanted = WORKS.iter().filter(|work| options.wants(work));
        let running: Vec<_> = wanted
            .map(|work| scope.spawn(|| options.run(work, &server)))
            .collect();
        running
            .into_iter()
            .map(|work| work.join().map_err(|_| "a work was lost")?)
            .collect::<Result<Vec<_>>>()
    })?;
    server.stop()?;
    std::fs::create_dir_all(&options.output)?;
    let chart = options.output.join("long.svg");
    std::fs::write(&chart, chart::draw(&all))?;
    println!("written: {}", chart.display());
    Ok(all.iter().all(|(_, samples)| !grew(samples)))
}

fn grew(samples: &Samples) -> bool {
    let (first, last) = (samples.first_tenth(), samples.last());
    last.memory > first.memory + first.memory / 10 + SLACK
        || last.descriptors > first.descriptors + SLACK_DESCRIPTORS
}

fn verdict(name: &str, samples: &Samples) -> String {
    let (first, last) = (samples.first_tenth(), samples.last());
    let mb = |bytes: u64| bytes as f64 / 1024.0 / 1024.0;
    format!(
        "{name}: {:.0} s, memory {:.1} MB after the first tenth and {:.1} MB at the end, descriptors {} and {}: {}",
        last.at,
        mb(first.memory),
        mb(last.memory),
        first.descriptors,
        last.descriptors,
        if grew(samples) { "IT GREW" } else { "fine" },
    )
}
