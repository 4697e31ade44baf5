//! Fuzzing: seeds, random changes to them, and the number of cases.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use seaworthy::engine::limits::STACK_BYTES;

/// Cases in one round, small enough for every test run.
const CASES: u32 = 200;

/// Runs the test on values of `strategy`: one round, or rounds for `FUZZ_SECONDS` seconds.
///
/// A failing case is saved in `tests/regressions/NAME.txt`. Later runs try it first.
pub fn fuzz<S, R>(
    name: &str,
    strategy: impl FnOnce() -> S + Send + 'static,
    prepare: impl FnOnce() -> R + Send + 'static,
) where
    S: Strategy,
    R: Fn(S::Value) -> Result<(), TestCaseError>,
{
    let file = here("tests/regressions").join(format!("{name}.txt"));
    // Proptest requires a `'static` path.
    let file: &'static str = file.display().to_string().leak();
    let seconds = std::env::var("FUZZ_SECONDS").map_or(0, |seconds| seconds.parse().unwrap());
    let name = name.to_owned();
    // The stack size of scripts in the program.
    let thread = thread::Builder::new().stack_size(STACK_BYTES);
    let run = move || {
        let (strategy, holds) = (strategy(), prepare());
        let ends = Instant::now() + Duration::from_secs(seconds);
        let mut cases = 0;
        loop {
            let config = ProptestConfig {
                cases: CASES,
                failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
                ..ProptestConfig::default()
            };
            TestRunner::new(config).run(&strategy, &holds).unwrap();
            cases += CASES;
            if Instant::now() >= ends {
                break;
            }
        }
        eprintln!("{name}: {cases} cases in {seconds} seconds or one round, no finding");
    };
    let ended = thread.spawn(run).unwrap().join();
    if let Err(finding) = ended {
        std::panic::resume_unwind(finding);
    }
}

/// Reads the texts of `tests/corpus/NAME.jsonl`, one JSON string on each line.
pub fn texts(name: &str) -> Vec<String> {
    let file = fs::read_to_string(here("tests/corpus").join(format!("{name}.jsonl"))).unwrap();
    let texts: Vec<String> = file
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(texts.len() > 9, "{name} has no seeds");
    texts
}

/// Reads the documents of `tests/corpus/NAME.hex`, each with its comment.
pub fn documents(name: &str) -> Vec<(String, Vec<u8>)> {
    let file = fs::read_to_string(here("tests/corpus").join(format!("{name}.hex"))).unwrap();
    let mut lines = file.lines();
    let mut documents = Vec::new();
    while let Some(comment) = lines.next() {
        let hex = lines.next().unwrap().as_bytes().as_chunks::<2>().0;
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
        documents.push((
            comment.trim_start_matches("# ").to_owned(),
            hex.iter().map(|pair| byte(pair).unwrap()).collect(),
        ));
    }
    assert!(documents.len() > 9, "{name} has no seeds");
    documents
}

fn here(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

#[derive(Clone, Debug)]
enum Change<T> {
    Insert(Index, Vec<T>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    /// Continues with the end of another seed.
    Splice(Index, Index, Index),
}

/// Returns seeds with up to five random changes each. `pieces` makes the inserted values.
pub fn changed<T: Copy + std::fmt::Debug + 'static>(
    seeds: Vec<Vec<T>>,
    pieces: impl Strategy<Value = Vec<T>> + 'static,
) -> impl Strategy<Value = Vec<T>> {
    let at = any::<Index>;
    let change = prop_oneof![
        4 => (at(), pieces).prop_map(|(at, piece)| Change::Insert(at, piece)),
        3 => (at(), 1..9_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => (at(), 1..9_usize, 1..60_usize).prop_map(|(at, count, times)| Change::Repeat(at, count, times)),
        1 => (at(), at(), at()).prop_map(|(at, other, from)| Change::Splice(at, other, from)),
    ];
    (any::<Index>(), proptest::collection::vec(change, 0..6)).prop_map(move |(seed, changes)| {
        let mut items = seed.get(&seeds).clone();
        for change in changes {
            apply(&change, &mut items, &seeds);
        }
        items
    })
}

fn apply<T: Copy>(change: &Change<T>, items: &mut Vec<T>, seeds: &[Vec<T>]) {
    let place = |at: &Index, items: &[T]| at.index(items.len() + 1);
    match change {
        Change::Insert(at, piece) => {
            let at = place(at, items);
            items.splice(at..at, piece.iter().copied());
        }
        Change::Remove(at, count) => {
            let at = place(at, items);
            items.drain(at..(at + count).min(items.len()));
        }
        Change::Repeat(at, count, times) => {
            let at = place(at, items);
            let piece = items[at..(at + count).min(items.len())].repeat(*times);
            items.splice(at..at, piece);
        }
        Change::Splice(at, other, from) => {
            let at = place(at, items);
            let other = other.get(seeds);
            items.truncate(at);
            items.extend_from_slice(&other[place(from, other)..]);
        }
    }
}

/// Returns texts of the corpus `name` with random letters and words inserted and removed.
pub fn changed_texts(name: &str, words: &[&str]) -> impl Strategy<Value = String> + use<> {
    let seeds = texts(name)
        .iter()
        .map(|text| text.chars().collect())
        .collect();
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let word = prop_oneof![
        3 => proptest::sample::select(words),
        2 => any::<char>().prop_map(String::from),
    ];
    let piece = word.prop_map(|word| word.chars().collect());
    changed(seeds, piece).prop_map(|letters| letters.into_iter().collect())
}
