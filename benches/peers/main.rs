//! The same work through four programs in turn: the bare driver, seaworthy, PyMongo and mongosh.
//!
//! `cargo bench --bench peers` installs the peers, starts a server through the product, runs every row for several rounds
//! with the programs interleaved, checks what each run did, and writes a table, JSON and a chart. In reading order:
//!
//! - [`options`]: what was typed
//! - [`rows`]: the rows, their sizes and their targets
//! - [`install`]: PyMongo and mongosh, into the target folder
//! - [`server`]: the server, started by the built program in folders of its own
//! - [`program`]: how each program is started for a row
//! - [`measure`]: one run: its time, its peak memory, and whether it did the work
//! - [`driver`]: the work on the bare driver, what it needs beforehand and what it must leave behind
//! - [`stats`], [`report`], [`chart`]: rounds to medians and ratios, to a table, JSON and a picture

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

mod chart;
mod driver;
mod install;
mod measure;
mod options;
mod program;
mod report;
mod rows;
mod server;
mod stats;

use std::process::ExitCode;

use clap::Parser;

use measure::Run;
use options::Options;
use program::Program;
use report::Results;
use rows::{ROWS, Row};
use server::Server;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    // The program starts itself again for everything that talks to the server: the process that measures stays small.
    let done = match args.get(1).map(String::as_str) {
        Some("driver") => driver::main(&args[2..]),
        _ => run(&Options::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let rows: Vec<&Row> = ROWS.iter().filter(|row| options.wants(row)).collect();
    if rows.is_empty() {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        return Err(format!("there is no such row; the rows are {}", names.join(", ")).into());
    }
    let programs = install::programs(options)?;
    let server = Server::start()?;
    let mut results = Results::new(options);
    for row in rows {
        eprintln!("{}: {}", row.name, row.what);
        measure_row(row, &programs, &server, options, &mut results)?;
    }
    server.stop()?;
    results.write()
}

/// All rounds of one row. A program that cannot do it is reported and left out of this row.
fn measure_row(
    row: &Row,
    programs: &[Program],
    server: &Server,
    options: &Options,
    results: &mut Results,
) -> Result<()> {
    let size = options.size(row);
    let mut able: Vec<&Program> = programs.iter().filter(|it| row.has(it.peer)).collect();
    let mut failed = Vec::new();
    for round in 0..=options.rounds() {
        able.retain(|program| match one(row, program, server, size) {
            // The first round only warms the caches of the system and of the server.
            Ok(_) if round == 0 => true,
            Ok(run) => {
                results.add(row, program.peer, run);
                true
            }
            Err(error) => {
                eprintln!("  {} left out: {error}", program.peer.name());
                failed.push(format!("{}: {error}", program.peer.name()));
                false
            }
        });
        // The order is turned from round to round, so that nobody always comes after the same other.
        if !able.is_empty() {
            able.rotate_left(1);
        }
    }
    results.leave_out(row, failed);
    Ok(())
}

fn one(row: &Row, program: &Program, server: &Server, size: usize) -> Result<Run> {
    driver::in_a_process("prepare", row.name, size, server)?;
    let run = measure::run(row, program, server, size)?;
    driver::in_a_process("check", row.name, size, server)?;
    Ok(run)
}
