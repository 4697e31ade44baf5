//! Faults drawn by chance, for hours: `cargo bench --bench soak -- --faults 1000 --members 3,5 --seed 1`.
//!
//! Runs `scripts/consistency/soak.rhai` for each size of set and reads the memory and the descriptors of
//! the program after each part. The histories in the script judge what clients saw. It fails if a
//! history is not valid or if the program grew. The same seed draws the same faults. `--profile dev`
//! before the `--` measures the program that the tests use.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

#[allow(dead_code, reason = "the marks are for the other long benchmark")]
#[path = "../long/sample.rs"]
mod sample;

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use clap::Parser;

use sample::Sample;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How much memory may have come since the first part, in bytes, beside a tenth.
const SLACK: u64 = 16 << 20;
/// Connections and timers of a member that has just returned.
const SLACK_DESCRIPTORS: usize = 40;

#[derive(Debug, Parser)]
#[command(name = "soak")]
struct Options {
    /// The seed of the first run; each further run has the next one
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of faults of each run
    #[arg(long, default_value_t = 1000)]
    faults: usize,
    /// The sizes of the sets: one run for each
    #[arg(long, value_delimiter = ',', default_value = "3,5")]
    members: Vec<usize>,
    /// What Cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut valid = true;
    for (seed, members) in (options.seed..).zip(&options.members) {
        match run(seed, options.faults, *members) {
            Ok(run_is_valid) => valid &= run_is_valid,
            Err(error) => {
                eprintln!("soak: {error}");
                valid = false;
            }
        }
    }
    if valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Returns whether the histories of a run are valid and the program did not grow.
fn run(seed: u64, faults: usize, members: usize) -> Result<bool> {
    let started = Instant::now();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/consistency/soak.rhai");
    let mut child = Command::new(env!("CARGO_BIN_EXE_seaworthy"))
        .args(["run", script, "--"])
        .arg(format!("seed={seed}"))
        .arg(format!("faults={faults}"))
        .arg(format!("members={members}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let mut samples = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        if line.starts_with("part ") {
            samples.extend(Sample::of(child.id(), started));
        }
    }
    let ended = child.wait()?;
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Err("the script ended before its first part did".into());
    };
    let grew = last.memory > first.memory + first.memory / 10 + SLACK
        || last.descriptors > first.descriptors + SLACK_DESCRIPTORS;
    let mb = |bytes: u64| bytes as f64 / 1024.0 / 1024.0;
    println!(
        "seed {seed}, {members} members: {:.0} s, memory {:.1} MB after the first part and {:.1} MB after the last, descriptors {} and {}: {}",
        started.elapsed().as_secs_f64(),
        mb(first.memory),
        mb(last.memory),
        first.descriptors,
        last.descriptors,
        if grew { "IT GREW" } else { "no growth" },
    );
    Ok(ended.success() && !grew)
}
