//! What recording costs: `cargo bench --bench recording`.
//!
//! A script calls `find_one` many times, with and without `--timeline`, in turn. It measures its
//! own time, so that starting and writing the file do not count. The same loop on the bare driver,
//! with and without a handler of events, shows the least that a recording can cost. Then a recording
//! of the maximum size is written in each format, and the whole program is timed with and without it.
//! Chromium draws pages of 10,000 and of the most events.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

mod floor;
mod instructions;
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
    /// Counts instructions with valgrind, and measures no time
    #[arg(long)]
    instructions: bool,
    /// Runs the loop on the bare driver: `plain` or `events`, and the number of calls
    #[arg(long, hide = true, num_args = 2)]
    driver: Option<Vec<String>>,
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
    if let Some(args) = &options.driver {
        println!("{}", floor::main(args)?);
        return Ok(());
    }
    let server = Server::start()?;
    let folder = tempfile::tempdir()?;
    match options.instructions {
        true => count_instructions(&server, folder.path())?,
        false => measure_loops(options, &server, folder.path())?,
    }
    if !options.no_files && !options.instructions {
        measure_files(&server, folder.path())?;
    }
    server.stop()
}

fn measure_loops(options: &Options, server: &Server, folder: &Path) -> Result<()> {
    let file = folder.join("timeline.json");
    let (mut recorded, mut plain) = (Vec::new(), Vec::new());
    let (mut events, mut driver) = (Vec::new(), Vec::new());
    for _ in 0..options.pairs {
        recorded.push(milliseconds(&mut script(
            server,
            options.calls,
            Some(&file),
        ))?);
        plain.push(milliseconds(&mut script(server, options.calls, None))?);
        events.push(milliseconds(&mut bare_driver(
            server,
            "events",
            options.calls,
        )?)?);
        driver.push(milliseconds(&mut bare_driver(
            server,
            "plain",
            options.calls,
        )?)?);
    }
    println!("{} find_one, {} pairs:", options.calls, options.pairs);
    for (name, values, others) in [
        ("recorded, to not recorded (≤ 1.03)", &recorded, &plain),
        (
            "bare driver with an empty handler, to without",
            &events,
            &driver,
        ),
    ] {
        let ratios = ratios(values, others);
        let Summary { median, low, high } = Summary::of(&ratios).ok_or("no pairs")?;
        println!("  {name}: {median:.3} [{low:.3}–{high:.3}]");
    }
    Ok(())
}

fn count_instructions(server: &Server, folder: &Path) -> Result<()> {
    let file = folder.join("timeline.json");
    let bare = std::env::current_exe()?;
    let bare = |handler: &str, calls: usize| driver_command(server, &bare, handler, calls);
    let events = instructions::of_a_call(|calls| bare("events", calls))?;
    let driver = instructions::of_a_call(|calls| bare("plain", calls))?;
    let recorded = instructions::of_a_call(|calls| script(server, calls, Some(&file)))?;
    let plain = instructions::of_a_call(|calls| script(server, calls, None))?;
    println!("instructions of a find_one:");
    println!(
        "  recorded {recorded}, not recorded {plain}: {} more",
        recorded.saturating_sub(plain)
    );
    println!(
        "  bare driver with an empty handler {events}, without {driver}: {} more",
        events.saturating_sub(driver)
    );
    Ok(())
}

fn measure_files(server: &Server, folder: &Path) -> Result<()> {
    for format in ["html", "json", "otel.jsonl"] {
        let file = folder.join(format!("timeline.{format}"));
        let seconds = writing_time(server, &file)?;
        let megabytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
        println!("a recording of the maximum size as .{format}: {seconds:.2} s, {megabytes:.0} MB");
    }
    let small = folder.join("small.html");
    output(&mut script(server, 5000, Some(&small)))?;
    for file in [small, folder.join("timeline.html")] {
        let program = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/tools/timeline_frames.mjs"
        );
        print!("{}", output(Command::new("node").arg(program).arg(file))?);
    }
    Ok(())
}

fn milliseconds(command: &mut Command) -> Result<f64> {
    Ok(output(command)?.trim().parse()?)
}

fn bare_driver(server: &Server, handler: &str, calls: usize) -> Result<Command> {
    Ok(driver_command(
        server,
        &std::env::current_exe()?,
        handler,
        calls,
    ))
}

fn driver_command(server: &Server, program: &Path, handler: &str, calls: usize) -> Command {
    let mut command = server.command(program);
    let calls = calls.to_string();
    command
        .args(["--driver", handler, &calls])
        .env("MONGODB_URI", &server.uri);
    command
}

/// Returns a script that prints the milliseconds of its loop.
fn script(server: &Server, calls: usize, timeline: Option<&Path>) -> Command {
    let script = format!(
        "db.recording.update_one(#{{ _id: 1 }}, #{{ \"$set\": #{{ n: 1 }} }}, #{{ upsert: true }});
         timed(|| {{ for i in 0..{calls} {{ db.recording.find_one(1); }} }}).ms"
    );
    command(server, &script, timeline)
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
