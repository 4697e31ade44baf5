//! `seaworthy test`: snapshot tests.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer;
use super::test_args::TestArgs;
use super::timeline;
use super::{trials, usage};
use crate::authoring::testing::case::Case;
use crate::authoring::testing::collect::{CollectedCases, SnapshotLocation, collect};
use crate::authoring::testing::run::{Options, judge};
use crate::authoring::testing::verdict::TestVerdict;
use crate::authoring::trial::parallel_map;
use crate::authoring::trial::trial_runner::TrialRunner;
use crate::diagnose::explain_error;
use crate::error::{Error, ExitCode, Kind, Result};
use crate::mongo::StopReason;
use crate::record::{LAST, StoredRecordings};
use crate::render::values::Format;
use crate::render::{Printer, View};
use crate::render::{junit, junit_case, tested, tested_json};

/// The time limit of scripts without their own.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Tests scripts, writes the results, and returns the exit code.
pub(super) fn run(
    settings: &Settings,
    test: &TestArgs,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let kept = match &test.snapshots {
        Some(folder) => SnapshotLocation::Under(folder.clone()),
        None => SnapshotLocation::NextToScript,
    };
    let opened = collect(&test.paths, &kept, &test.filter)
        .and_then(|found| Ok((found, trials::open(settings, view, test.trust, true)?)));
    let (found, runner) = match opened {
        Ok(opened) => opened,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let recordings = match recordings(settings) {
        Ok(recordings) => recordings,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let options = Options {
        seed: settings.seed.unwrap_or(1),
        repeat: test.repeat.get(),
        lax: test.lax,
        accept: test.accept,
        timeout: settings.timeout.unwrap_or(TIMEOUT),
    };
    let judged = run_all(
        &found.cases,
        &runner,
        &options,
        test,
        view,
        &mut streams,
        &recordings,
    );
    if runner.interrupt().stopped() == Some(StopReason::Interrupted) {
        let _ = writeln!(streams.errors, "interrupted");
        return ExitCode::INTERRUPTED;
    }
    let verdicts = match judged {
        Ok(verdicts) => verdicts,
        Err(error) => return failed(&error, view, &mut streams),
    };
    if let Some(file) = &test.junit
        && let Err(error) = write_junit(file, &found.cases, &verdicts)
    {
        return usage::refuse(&error, view, streams);
    }
    let code = summarise(&found, &verdicts, view, &mut streams);
    let printer = printer(view, streams);
    if let Err(error) = draw(settings, &verdicts, &recordings, view, &printer) {
        printer.say(&view.report(&explain_error(&error)));
        return ExitCode::THREW;
    }
    view.close(&printer, false, code)
}

fn run_all(
    cases: &[Case],
    runner: &TrialRunner,
    options: &Options,
    test: &TestArgs,
    view: View,
    streams: &mut Streams,
    recordings: &StoredRecordings,
) -> Result<Vec<TestVerdict>> {
    let results = parallel_map(
        trials::at_once(test.jobs),
        cases,
        |case| {
            let judged = judge(case, runner, options);
            // The other tests would fail the same way: no server, or a full disk.
            if judged.is_err() {
                runner.interrupt().stop(StopReason::Ended);
            }
            judged
        },
        |case, judged| {
            if let Ok(verdict) = judged
                && !runner.is_cancelled()
            {
                let text = match view.format {
                    Format::Text => tested(case, verdict),
                    Format::Json => tested_json(case, verdict),
                };
                show(&text, view, streams);
                if let Some(line) = keep_recording(case, verdict, recordings)
                    && view.format == Format::Text
                {
                    show(&line, view, streams);
                }
            }
        },
    );
    results.into_iter().collect()
}

/// Checks where the timelines go, and returns where the recordings of failed tests are stored.
fn recordings(settings: &Settings) -> Result<StoredRecordings> {
    timeline::check(&settings.timelines)?;
    let state = settings.server.to_server_settings()?.folders.state;
    Ok(StoredRecordings::below(&state))
}

/// Stores the recording of a failed test, and returns the line that names the command to draw it.
fn keep_recording(
    case: &Case,
    verdict: &TestVerdict,
    recordings: &StoredRecordings,
) -> Option<String> {
    let recording = verdict.recording.as_ref().filter(|_| !verdict.passed())?;
    let name = case.script.file_stem()?.to_string_lossy().into_owned();
    recordings.save(&name, recording).ok()?;
    Some(format!(
        "         `seaworthy timeline {name}` shows what it did and when\n"
    ))
}

/// Stores the recording of the first failed test, or else of the last one, and draws it.
fn draw(
    settings: &Settings,
    verdicts: &[TestVerdict],
    recordings: &StoredRecordings,
    view: View,
    printer: &Printer,
) -> Result<()> {
    let failed = verdicts.iter().find(|verdict| !verdict.passed());
    let recorded = failed.or(verdicts.last());
    let Some(recording) = recorded.and_then(|verdict| verdict.recording.as_ref()) else {
        return Ok(());
    };
    recordings.save(LAST, recording)?;
    timeline::draw(recording, &settings.timelines, view, printer)
}

fn show(text: &str, view: View, streams: &mut Streams) {
    let text = view.for_output(text);
    // A closed pager is not an error.
    let _ = streams.out.write_all(text.as_bytes());
    let _ = streams.out.flush();
}

fn failed(error: &Error, view: View, streams: &mut Streams) -> ExitCode {
    let _ = writeln!(streams.errors, "{}", view.report(&explain_error(error)));
    match error.kind() {
        Kind::Server => ExitCode::NO_SERVER,
        _ => ExitCode::USAGE,
    }
}

fn write_junit(file: &Path, cases: &[Case], verdicts: &[TestVerdict]) -> Result<()> {
    let cases: Vec<_> = cases
        .iter()
        .zip(verdicts)
        .map(|(case, verdict)| junit_case(case, verdict))
        .collect();
    junit("seaworthy test", &cases)
        .and_then(|text| std::fs::write(file, text))
        .map_err(|error| {
            let file = file.display();
            Error::invalid_argument(format!("`{file}` cannot be written: {error}"))
        })
}

fn summarise(
    found: &CollectedCases,
    verdicts: &[TestVerdict],
    view: View,
    streams: &mut Streams,
) -> ExitCode {
    let count =
        |is: fn(&TestVerdict) -> bool| verdicts.iter().filter(|verdict| is(verdict)).count();
    let skipped = count(|verdict| verdict.skipped.is_some());
    let failed = count(|verdict| !verdict.passed());
    let accepted = count(|verdict| verdict.accepted);
    let passed = verdicts.len() - failed - skipped - accepted;
    let exit = if failed > 0 || !found.unreferenced.is_empty() {
        ExitCode::THREW
    } else {
        ExitCode::DONE
    };
    if view.format == Format::Json {
        let unreferenced: Vec<String> = found
            .unreferenced
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let summary = json!({ "summary": {
            "passed": passed, "accepted": accepted, "failed": failed, "skipped": skipped,
            "unreferenced": unreferenced,
        } });
        show(&format!("{summary}\n"), view, streams);
        return exit;
    }
    let mut text = String::from("\n");
    for stray in &found.unreferenced {
        text.push_str(&format!("`{}` has no script: delete it\n", stray.display()));
    }
    let counts = [
        (passed, "passed"),
        (accepted, "accepted"),
        (failed, "failed"),
        (skipped, "skipped"),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    text.push_str(&format!("{}\n", words.join(", ")));
    show(&text, view, streams);
    exit
}
