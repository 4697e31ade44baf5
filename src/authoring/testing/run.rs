use std::time::Duration;

use super::case::Case;
use super::snapshot::Snapshot;
use super::verdict::{Difference, TestVerdict};
use crate::authoring::trial::child::{ChildExit, RunOutput};
use crate::authoring::trial::trial_runner::{TrialJob, TrialRunner};
use crate::error::Result;

/// The options of a test run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub seed: u64,
    /// The number of runs of each script.
    pub repeat: usize,
    /// Whether to compare only the exit code, not the output.
    pub lax: bool,
    /// Whether to save the output as the new snapshot.
    pub accept: bool,
    /// The time limit of scripts without their own.
    pub timeout: Duration,
}

/// Tests one script.
///
/// # Errors
/// `Server` if it cannot be run; `InvalidArgument` if its snapshot cannot be read or written.
pub fn judge(case: &Case, runner: &TrialRunner, options: &Options) -> Result<TestVerdict> {
    let mut verdict = TestVerdict {
        difference: None,
        accepted: false,
        skipped: case.header.skip.clone(),
        took: Duration::ZERO,
        recording: None,
    };
    if verdict.skipped.is_some() {
        return Ok(verdict);
    }
    let kept = Snapshot::read(&case.snapshot)?;
    let mut first: Option<Snapshot> = None;
    for run in 0..options.repeat.max(1) {
        let mut ran = runner.run(job(case, options, run))?;
        verdict.recording = ran.recording.take();
        verdict.took += ran.took;
        let Some(got) = comparable(&ran, case) else {
            verdict.difference = Some(no_end(&ran));
            return Ok(verdict);
        };
        match &first {
            None => first = Some(got),
            Some(first) if same(first, &got, options) => {}
            Some(first) => {
                verdict.difference = Some(Difference::Flaky {
                    run: run + 1,
                    of: options.repeat,
                    first: first.clone(),
                    then: got,
                });
                return Ok(verdict);
            }
        }
    }
    if let Some(got) = first {
        verdict.difference = compare(kept, got, options);
    }
    if options.accept {
        verdict.accepted = accept(case, verdict.difference.as_ref())?;
    }
    Ok(verdict)
}

fn job<'a>(case: &'a Case, options: &Options, run: usize) -> TrialJob<'a> {
    // A script without random functions must give the same output with every seed.
    let step = if case.uses_random { 0 } else { run as u64 };
    TrialJob {
        script: &case.script,
        place: case.header.place,
        seed: options.seed.wrapping_add(step),
        limit: case.header.timeout.unwrap_or(options.timeout),
        json: false,
    }
}

/// Returns the output to compare.
///
/// Returns `None` if the script did not end by itself, or found no server (exit code 3).
fn comparable(ran: &RunOutput, case: &Case) -> Option<Snapshot> {
    Snapshot::of(ran, case.header.any_order).filter(|snapshot| snapshot.exit != 3)
}

fn same(one: &Snapshot, other: &Snapshot, options: &Options) -> bool {
    if options.lax {
        one.exit == other.exit
    } else {
        one == other
    }
}

fn compare(kept: Option<Snapshot>, got: Snapshot, options: &Options) -> Option<Difference> {
    match kept {
        Some(expected) if same(&expected, &got, options) => None,
        Some(expected) => Some(Difference::Changed { expected, got }),
        // Without a snapshot, only an error counts.
        None if options.lax && !options.accept && got.exit == 0 => None,
        None => Some(Difference::Missing { got }),
    }
}

fn no_end(ran: &RunOutput) -> Difference {
    let why = match ran.end {
        ChildExit::Exit(_) => "no server could be reached or started".to_owned(),
        ChildExit::TimedOut => "it did not end within its time limit".to_owned(),
        ChildExit::TooMuch => "it printed more than 1 MiB".to_owned(),
        ChildExit::Killed(signal) => format!("it was ended by signal {signal}"),
        ChildExit::Cancelled => "it was cancelled".to_owned(),
    };
    let shown = format!("{}{}", ran.out, ran.errors);
    Difference::NoEnd { why, shown }
}

fn accept(case: &Case, difference: Option<&Difference>) -> Result<bool> {
    match difference {
        Some(Difference::Missing { got } | Difference::Changed { got, .. }) => {
            got.write(&case.snapshot)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
