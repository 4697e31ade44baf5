use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::measure::Run;
use super::options::Options;
use super::program::Peer;
use super::rows::{Kind, MEMORY_BASE, MEMORY_FULL, MEMORY_GROWTH, MOST_MEMORY, ROWS, Row};
use super::stats::{Summary, ratios};
use super::{Result, chart};

/// All runs that count, and what was left out.
pub struct Results {
    values: BTreeMap<(&'static str, Peer), Vec<f64>>,
    left_out: Vec<(&'static str, String)>,
    output: PathBuf,
    quick: bool,
}

/// How seaworthy compares with one peer in one row.
pub struct Comparison {
    pub row: &'static str,
    pub peer: Peer,
    pub ratio: Summary,
    pub target: Option<f64>,
}

impl Comparison {
    pub fn is_missed(&self) -> bool {
        self.target.is_some_and(|target| self.ratio.median > target)
    }
}

const OTHERS: [Peer; 3] = [Peer::Driver, Peer::PyMongo, Peer::Mongosh];

impl Results {
    pub fn new(options: &Options) -> Self {
        Self {
            values: BTreeMap::new(),
            left_out: Vec::new(),
            output: options.output.clone(),
            quick: options.quick,
        }
    }

    pub fn add(&mut self, row: &Row, peer: Peer, run: Run) {
        self.values
            .entry((row.name, peer))
            .or_default()
            .push(run.value);
    }

    pub fn leave_out(&mut self, row: &Row, failed: Vec<String>) {
        let failed = failed.into_iter().map(|why| (row.name, why));
        self.left_out.extend(failed);
    }

    /// Prints the table, and writes it with the JSON and the chart.
    pub fn write(&self) -> Result<()> {
        std::fs::create_dir_all(&self.output)?;
        let table = self.table();
        println!("{table}");
        let json = serde_json::to_string_pretty(&self.json())?;
        std::fs::write(self.output.join("peers.md"), &table)?;
        std::fs::write(self.output.join("peers.json"), json + "\n")?;
        std::fs::write(
            self.output.join("peers.svg"),
            chart::draw(&self.comparisons()),
        )?;
        println!("written: {}", self.output.display());
        Ok(())
    }

    fn of(&self, row: &Row, peer: Peer) -> &[f64] {
        self.values
            .get(&(row.name, peer))
            .map_or(&[], Vec::as_slice)
    }

    fn measured(&self) -> impl Iterator<Item = &'static Row> {
        let rows = ROWS.iter();
        rows.filter(|row| !self.of(row, Peer::Seaworthy).is_empty())
    }

    fn compare(&self, row: &'static Row, peer: Peer) -> Option<Comparison> {
        let ratios = ratios(self.of(row, Peer::Seaworthy), self.of(row, peer));
        Some(Comparison {
            row: row.name,
            peer,
            ratio: Summary::of(&ratios)?,
            target: row.target(peer),
        })
    }

    fn comparisons(&self) -> Vec<Comparison> {
        let rows = self.measured();
        rows.flat_map(|row| {
            OTHERS
                .into_iter()
                .filter_map(move |peer| self.compare(row, peer))
        })
        .collect()
    }

    fn table(&self) -> String {
        let mut text = String::from(
            "| row | seaworthy | against the bare driver | against PyMongo | against mongosh |\n|---|---|---|---|---|\n",
        );
        for row in self.measured() {
            let taken = Summary::of(self.of(row, Peer::Seaworthy));
            let _ = write!(
                text,
                "| {} | {} |",
                row.what,
                taken.map_or_else(String::new, |taken| amount(row, taken.median))
            );
            for peer in OTHERS {
                let cell = self
                    .compare(row, peer)
                    .map_or("–".to_owned(), |found| self.cell(row, &found));
                let _ = write!(text, " {cell} |");
            }
            text.push('\n');
        }
        if let Some((growth, most)) = self.memory() {
            let verdict = self.verdict(growth > MEMORY_GROWTH || most > MOST_MEMORY);
            let _ = writeln!(
                text,
                "\nStreaming 1,000,000 documents takes {growth:.2} times the memory of streaming 200,000 (≤ {MEMORY_GROWTH}), {:.1} MB (≤ 64 MB){verdict}",
                most / 1024.0 / 1024.0,
            );
        }
        for (row, why) in &self.left_out {
            let _ = writeln!(text, "\nLeft out of `{row}`: {why}");
        }
        if self.quick {
            text.push_str(
                "\nThis was `--quick`: it shows that everything runs, and is no measurement.\n",
            );
        }
        text
    }

    fn cell(&self, row: &Row, found: &Comparison) -> String {
        let ratio = found.ratio;
        let peers = Summary::of(self.of(row, found.peer));
        let peers = peers.map_or_else(String::new, |peers| amount(row, peers.median));
        let target = found
            .target
            .map_or_else(String::new, |target| format!(" (≤ {target})"));
        let digits = if ratio.median < 0.1 { 3 } else { 2 };
        format!(
            "{:.digits$} [{:.digits$}–{:.digits$}]{target}, {peers}{}",
            ratio.median,
            ratio.low,
            ratio.high,
            self.verdict(found.is_missed()),
        )
    }

    fn verdict(&self, missed: bool) -> &'static str {
        if missed && !self.quick {
            " **missed**"
        } else {
            ""
        }
    }

    /// How much more memory the longer stream takes, and how much that is.
    fn memory(&self) -> Option<(f64, f64)> {
        let of = |name: &str| {
            let row = ROWS.iter().find(|row| row.name == name)?;
            Some(Summary::of(self.of(row, Peer::Seaworthy))?.median)
        };
        let (base, full) = (of(MEMORY_BASE)?, of(MEMORY_FULL)?);
        Some((full / base, full))
    }

    fn json(&self) -> Value {
        let rows = self.measured().map(|row| {
            let unit = if row.kind == Kind::Memory { "bytes" } else { "seconds" };
            let all = [Peer::Seaworthy].into_iter().chain(OTHERS);
            let values = all.filter(|peer| !self.of(row, *peer).is_empty());
            let values = values.map(|peer| (peer.name().to_owned(), json!(self.of(row, peer))));
            let compared = OTHERS.into_iter().filter_map(|peer| self.compare(row, peer));
            let ratios: Vec<Value> = compared
                .map(|found| {
                    json!({
                        "against": found.peer.name(), "median": found.ratio.median, "low": found.ratio.low,
                        "high": found.ratio.high, "target": found.target, "missed": found.is_missed(),
                    })
                })
                .collect();
            json!({
                "row": row.name, "what": row.what, "unit": unit,
                "values": serde_json::Map::from_iter(values), "ratios": ratios,
            })
        });
        json!({ "quick": self.quick, "rows": rows.collect::<Vec<_>>() })
    }
}

fn amount(row: &Row, value: f64) -> String {
    match row.kind {
        Kind::Memory => format!("{:.1} MB", value / 1024.0 / 1024.0),
        _ if value < 1.0 => format!("{:.1} ms", value * 1000.0),
        _ => format!("{value:.2} s"),
    }
}
