//! Rhai's own language here and in plain Rhai: `cargo bench --bench rhai`.
//!
//! Scripts that use nothing of this program run in both engines in turn. The results must be equal.
//! Two ratios are printed for each script: of the time, from pairs of runs, and of the
//! instructions, which valgrind counts and other work on the machine does not change.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

#[path = "../peers/stats.rs"]
mod stats;

use std::io;
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use rhai::{Dynamic, Engine, OptimizationLevel};
use seaworthy::api::run::event::Output;
use seaworthy::api::run::explanation::unexplained;
use seaworthy::api::run::run_limits::RunLimits;
use seaworthy::api::run::session::Session;
use seaworthy::api::run::session_options::{ServerSource, SessionOptions, no_sets};
use seaworthy::engine::limits::STACK_BYTES;
use seaworthy::mongo::Interrupt;
use seaworthy::script::{LastValue, Source, run};

use stats::{Summary, ratios};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The scripts with their targets: at most this many times plain Rhai.
const SCRIPTS: &[(&str, &str, f64)] = &[
    ("calls", include_str!("calls.rhai"), 1.15),
    ("loops", include_str!("loops.rhai"), 1.15),
    ("arrays", include_str!("arrays.rhai"), 1.15),
    ("closures", include_str!("closures.rhai"), 1.15),
    ("texts", include_str!("texts.rhai"), 1.15),
    // A Document keeps the order of its fields, which a map of Rhai does not.
    ("documents", include_str!("documents.rhai"), 2.0),
];

#[derive(Debug, Parser)]
#[command(name = "rhai")]
struct Options {
    /// Pairs of runs
    #[arg(long, value_name = "N", default_value_t = 15)]
    pairs: usize,
    /// Counts no instructions
    #[arg(long)]
    no_count: bool,
    /// Runs one script once in one engine and prints its value
    #[arg(long, num_args = 2, value_names = ["ENGINE", "SCRIPT"], hide = true)]
    once: Option<Vec<String>>,
    /// What Cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    Plain,
    Own,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match &options.once {
        Some(words) => once(&words[0], &words[1]),
        None => compare(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn once(engine: &str, script: &str) -> Result<()> {
    let which = Which::from_str(engine, true)?;
    let text = match SCRIPTS.iter().find(|(name, ..)| *name == script) {
        Some((_, text, _)) => text,
        None => "()",
    };
    println!("{}", value(which, text)?);
    Ok(())
}

fn compare(options: &Options) -> Result<()> {
    println!("| script | time | instructions |\n|---|---|---|");
    let mut missed = Vec::new();
    for (name, text, target) in SCRIPTS {
        let (own, plain) = pairs(text, options.pairs)?;
        let ratios = ratios(&own, &plain);
        let Summary { median, low, high } = Summary::of(&ratios).ok_or("no pairs")?;
        let count = match options.no_count {
            true => None,
            false => Some(instructions("own", name)? / instructions("plain", name)?),
        };
        let counted = count.map_or("–".to_owned(), |count| format!("{count:.2}"));
        println!("| {name} | {median:.2} [{low:.2}–{high:.2}] (≤ {target}) | {counted} |");
        if median.max(count.unwrap_or(0.0)) > *target {
            missed.push(*name);
        }
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(format!("missed: {}", missed.join(", ")).into()),
    }
}

/// Returns the seconds of each run here and in plain Rhai.
fn pairs(text: &str, pairs: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let (mut own, mut plain) = (Vec::new(), Vec::new());
    let expected = value(Which::Plain, text)?;
    for _ in 0..pairs {
        for (which, seconds) in [(Which::Own, &mut own), (Which::Plain, &mut plain)] {
            let started = Instant::now();
            let value = value(which, text)?;
            seconds.push(started.elapsed().as_secs_f64());
            if value != expected {
                return Err(format!("{which:?}: {value} instead of {expected}").into());
            }
        }
    }
    Ok((own, plain))
}

/// Returns the instructions of a script without those of the start.
fn instructions(engine: &str, script: &str) -> Result<f64> {
    Ok(counted(engine, script)? - counted(engine, "empty")?)
}

fn counted(engine: &str, script: &str) -> Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--once", engine, script])
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "`valgrind` is not installed; `--no-count` does without".into()
            }
            _ => error.to_string(),
        })?;
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text
        .lines()
        .find_map(|line| line.split("Collected : ").nth(1));
    Ok(count.ok_or_else(|| text.to_string())?.trim().parse()?)
}

/// Returns the value of a script as text.
fn value(which: Which, text: &str) -> Result<String> {
    match which {
        Which::Plain => plain(text),
        Which::Own => own(text),
    }
}

/// Runs a script in plain Rhai, with the limits and on the stack that it has here.
fn plain(text: &str) -> Result<String> {
    let run = || -> std::result::Result<Dynamic, String> {
        let mut engine = Engine::new();
        engine
            .set_max_expr_depths(0, 0)
            .set_max_call_levels(64)
            .set_optimization_level(OptimizationLevel::Simple);
        engine.eval(text).map_err(|error| error.to_string())
    };
    let value = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, run)
            .map(|thread| thread.join())
    })?
    .map_err(|_| "plain Rhai has panicked")??;
    Ok(value.to_string())
}

fn own(text: &str) -> Result<String> {
    let session = Session::new(SessionOptions {
        args: Vec::new(),
        seed: Some(1),
        output: Output::new(|_| Ok(())),
        interrupt: Interrupt::new(None),
        server: ServerSource::none(),
        database: None,
        confined: false,
        limits: RunLimits::NONE,
        trace: false,
        recorder: None,
        start_set: no_sets(),
        explain: unexplained,
    });
    let outcome = run(&Source::code("script", text), &session, LastValue::Kept);
    match outcome.failure {
        None => Ok(outcome.value.to_string()),
        Some(failure) => Err(format!("the script has failed: {failure:?}").into()),
    }
}
