//! How the cost of a call grows with the size of its value: `cargo bench --bench costs`.
//!
//! Each function of Document, Set, Array, Cursor and Sequence is called for sizes from a thousand to
//! a million. Cursors need a server, which `MONGODB_URI` names; without it they are left out. The
//! table has the time of a call and its growth: how many times more a call takes when the value is
//! ten times as large. The measurement fails if a call grows like the square of the size, or if a
//! function is in no row. In reading order:
//!
//! - [`rows`]: what is called
//! - [`measure`]: the time of a call

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

mod measure;
mod rows;

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Parser;
use seaworthy::engine::catalogue::registry;

use measure::nanoseconds;
use rows::{ROWS, Row};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// The square of the size grows by a hundred, sorting by twelve.
const MOST_GROWTH: f64 = 30.0;

/// Functions that do not look at the elements: the methods of a cursor here set an option.
const CONSTANT: &[(&str, &str)] = &[
    ("Array", "kind"),
    ("Cursor", "sort"),
    ("Cursor", "limit"),
    ("Cursor", "skip"),
    ("Cursor", "project"),
    ("Cursor", "batch_size"),
    ("Cursor", "hint"),
    ("Cursor", "collation"),
    ("Cursor", "comment"),
    ("Cursor", "max_time_ms"),
    ("Cursor", "read_preference"),
    ("Cursor", "to_string"),
    ("Sequence", "to_string"),
];

#[derive(Debug, Parser)]
#[command(name = "costs")]
struct Options {
    /// Only rows whose call contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// The largest size
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    largest: usize,
    /// What Cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match print_table(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_table(options: &Options) -> Result<()> {
    let missing = functions_without_row();
    if !missing.is_empty() {
        return Err(format!("no row calls {}", missing.join(", ")).into());
    }
    let sizes: Vec<usize> = SIZES
        .into_iter()
        .filter(|size| *size <= options.largest)
        .collect();
    let heads: Vec<String> = sizes.iter().map(|size| format!("n = {size}")).collect();
    println!("| call | {} | growth |", heads.join(" | "));
    println!("|---|{}---|", "---|".repeat(sizes.len()));
    let mut too_much = Vec::new();
    let has_server = std::env::var_os("MONGODB_URI").is_some();
    let measured = ROWS
        .iter()
        .filter(|row| row.call.contains(&options.only))
        .filter(|row| has_server || !row.needs_server());
    for row in measured {
        let mut times = Vec::new();
        for size in &sizes {
            times.push(nanoseconds(row, *size)?);
        }
        let growth = growth(&times);
        println!("{}", line(row, &times, growth));
        if growth > MOST_GROWTH {
            too_much.push(row.call);
        }
    }
    if !has_server {
        eprintln!("cursors are left out: `MONGODB_URI` names no server");
    }
    match too_much.is_empty() {
        true => Ok(()),
        false => Err(format!("grows too much: {}", too_much.join(", ")).into()),
    }
}

/// Returns the functions of the measured types that no row calls.
fn functions_without_row() -> Vec<String> {
    let called: BTreeSet<(&str, &str)> = ROWS
        .iter()
        .flat_map(|row| row.functions.split(' ').map(|name| (row.receiver, name)))
        .collect();
    let types: BTreeSet<&str> = ROWS.iter().map(|row| row.receiver).collect();
    registry()
        .signatures()
        .iter()
        .filter(|one| types.contains(one.receiver) && !CONSTANT.contains(&(one.receiver, one.name)))
        .filter(|one| !called.contains(&(one.receiver, one.name)))
        .map(|one| format!("`{}` of {}", one.name, one.receiver))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Returns by what a call's time is multiplied when the size is, on the average from the first size
/// to the last.
fn growth(times: &[f64]) -> f64 {
    match times {
        [first, .., last] => (last / first).powf(1.0 / (times.len() - 1) as f64),
        _ => 1.0,
    }
}

fn line(row: &Row, times: &[f64], growth: f64) -> String {
    let cells: Vec<String> = times.iter().map(|time| shown(*time)).collect();
    let call = row.call.replace('|', "\\|");
    let (receiver, cells) = (row.receiver, cells.join(" | "));
    format!("| {receiver} `{call}` | {cells} | × {growth:.1} |")
}

fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        small if small < 1e3 => format!("{small:.0} ns"),
        middle if middle < 1e6 => format!("{:.1} µs", middle / 1e3),
        large => format!("{:.1} ms", large / 1e6),
    }
}
