//! What recording costs: `cargo bench --bench recording`.
//!
//! A script calls `find_one` many times, with and without `--timeline`, in turn. It measures its
//! own time, so that starting and writing the file do not count. Then a recording of the maximum
//! size is written in each format, and the whole program is timed with and without it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

#[allow(
    dead_code,
    reason = "the folders without a server are for the other measurements"
)]
#[path = "../peers/server.rs"]
mod server;
#[path = "../peers/stats.rs"]
mod stats;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Parser;

use server::Server;
use stats::{Summary, ratios};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// More events than are kept: two for each call.
const MANY: usize = 110_000;

#[derive(Debug, Parser)]
#[command(name = "recording")]
struct Options {
    /// Pairs of runs
    #[arg(long, value_name = "N", default_value_t = 25)]
    pairs: usize,
    /// Calls of `find_one` in a run
    #[arg(long, value_name = "N", default_value_t = 3000)]
    calls: usize,
    /// Measures no recording of the maximum size
    #[arg(long)]
    no_files: bool,
    /// What Cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recording: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let server = Server::start()?;
    let folder = tempfile::tempdir()?;
    let (mut recorded, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..options.pairs {
        let file = folder.path().join("timeline.json");
        recorded.push(loop_time(&server, options.calls, Some(&file))?);
        plain.push(loop_time(&server, options.calls, None)?);
    }
    let ratios = ratios(&recorded, &plain);
    let Summary { median, low, high } = Summary::of(&ratios).ok_or("no pairs")?;
    println!(
        "{} find_one, {} pairs: recorded takes {median:.3} [{low:.3}–{high:.3}] times as long (≤ 1.03)",
        options.calls, options.pairs
    );
    if !options.no_files {
        for format in ["html", "json", "otel.jsonl"] {
            let file = folder.path().join(format!("timeline.{format}"));
            let seconds = writing_time(&server, &file)?;
            let megabytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
            println!(
                "a recording of the maximum size as .{format}: {seconds:.2} s, {megabytes:.0} MB"
            );
        }
    }
    server.stop()
}

/// Returns the milliseconds of the script's loop.
fn loop_time(server: &Server, calls: usize, timeline: Option<&Path>) -> Result<f64> {
    let script = format!(
        "db.recording.update_one(#{{ _id: 1 }}, #{{ \"$set\": #{{ n: 1 }} }}, #{{ upsert: true }});
         timed(|| {{ for i in 0..{calls} {{ db.recording.find_one(1); }} }}).ms"
    );
    let output = output(&mut command(server, &script, timeline))?;
    Ok(output.trim().parse()?)
}

/// Returns how many seconds longer a run of very many calls takes after its loop, when it writes
/// its timeline.
fn writing_time(server: &Server, file: &Path) -> Result<f64> {
    let script = format!("timed(|| {{ for i in 0..{MANY} {{ db.recording.find_one(1); }} }}).ms");
    let after_loop = |timeline: Option<&Path>| -> Result<f64> {
        let started = Instant::now();
        let in_loop: f64 = output(&mut command(server, &script, timeline))?
            .trim()
            .parse()?;
        Ok(started.elapsed().as_secs_f64() - in_loop / 1e3)
    };
    Ok(after_loop(Some(file))? - after_loop(None)?)
}

fn command(server: &Server, script: &str, timeline: Option<&Path>) -> Command {
    let mut command = server.command(Path::new(env!("CARGO_BIN_EXE_seaworthy")));
    command.args(["--uri", &server.uri, "eval"]);
    if let Some(file) = timeline {
        command.arg("--timeline").arg(file);
    }
    command.arg(script);
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}
