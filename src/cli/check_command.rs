//! `seaworthy course check`.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use super::course_args::CheckArgs;
use super::settings::Settings;
use super::streams::Streams;
use super::{trials, usage};
use crate::authoring::check::examine::{CheckPlan, CheckProgress, Examination, examine};
use crate::authoring::check::finding::Finding;
use crate::authoring::check::readability::Readability;
use crate::authoring::check::temp_course::TempCourse;
use crate::authoring::check::{check_predictions, hard_to_read, library, readability, shape};
use crate::authoring::trial::trial_runner::TrialRunner;
use crate::course::exercise::{Course, Exercise};
use crate::course::lesson::{Lesson, Library};
use crate::diagnose::explain_error;
use crate::error::{Error, ExitCode, Kind, Result};
use crate::mongo::StopReason;
use crate::render::View;
use crate::render::{Steps, checked, finding, readability_table};

/// The default time limit of an exercise.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Checks a course, and writes the findings.
pub(super) fn run(
    settings: &Settings,
    check: &CheckArgs,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let course = match &check.folder {
        Some(folder) => Course::in_folder(Path::new(folder)),
        None => Course::built_in(),
    };
    if check.readability {
        return match course.and_then(|course| readability(&course, library(&course)?.as_ref())) {
            Ok(measured) => show_readability(&measured, view, &mut streams),
            Err(error) => usage::refuse(&error, view, streams),
        };
    }
    // The built-in course is trusted.
    let trust = check.trust || check.folder.is_none();
    let opened = course.and_then(|course| {
        let findings = shape(&course)?;
        let library = library(&course)?;
        let runner = trials::open(settings, view, trust, false)?;
        Ok((course, library, findings, runner))
    });
    let (course, library, mut findings, runner) = match opened {
        Ok(opened) => opened,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let lessons = library.as_ref().map_or(&[][..], Library::lessons);
    let selected = select(&course, lessons, &check.filter);
    let examined = selected.and_then(|(exercises, lessons)| {
        let examined = examine_all(&course, &exercises, &runner, settings, check, view)?;
        findings.extend(check_predictions(
            &lessons,
            &runner,
            settings.seed.unwrap_or(1),
            settings.timeout.unwrap_or(TIMEOUT),
            trials::check_at_once(check.jobs),
        )?);
        Ok(examined)
    });
    if runner.interrupt().stopped() == Some(StopReason::Interrupted) {
        let _ = writeln!(streams.errors, "interrupted");
        return ExitCode::INTERRUPTED;
    }
    let examined = match examined {
        Ok(examined) => examined,
        Err(error) => return failed(&error, view, &mut streams),
    };
    findings.extend(examined.iter().flat_map(|found| found.findings.clone()));
    show(&examined, &findings, view, &mut streams)
}

/// Returns the exercises and the lessons whose names contain one of the parts.
fn select<'a>(
    course: &'a Course,
    lessons: &'a [Lesson],
    filter: &[String],
) -> Result<(Vec<&'a Exercise>, Vec<&'a Lesson>)> {
    let is_wanted = |name: &str| filter.is_empty() || filter.iter().any(|part| name.contains(part));
    let exercises = course.exercises().iter();
    let exercises: Vec<_> = exercises.filter(|one| is_wanted(&one.name)).collect();
    let lessons: Vec<_> = lessons.iter().filter(|one| is_wanted(&one.name)).collect();
    if exercises.is_empty() && lessons.is_empty() && !filter.is_empty() {
        let parts = filter.join("` or `");
        return Err(Error::invalid_argument(format!(
            "no name of an exercise or a lesson contains `{parts}`"
        ))
        .hint("`--filter` takes a part of a name"));
    }
    Ok((exercises, lessons))
}

fn examine_all(
    course: &Course,
    exercises: &[&Exercise],
    runner: &TrialRunner,
    settings: &Settings,
    check: &CheckArgs,
    view: View,
) -> Result<Vec<Examination>> {
    let temp_course = TempCourse::open(course)?;
    let plan = CheckPlan {
        seed: settings.seed.unwrap_or(1),
        repeat: check.repeat.get(),
        mutations: !check.quick,
        at_once: trials::check_at_once(check.jobs),
        timeout: settings.timeout.unwrap_or(TIMEOUT),
    };
    let quiet = settings.server.quiet || !view.errors_are_terminal;
    let steps = if quiet {
        Steps::silent()
    } else {
        Steps::terminal()
    };
    let examined = examine(course, exercises, &temp_course, runner, &plan, |step| {
        steps.step(&words(step));
    });
    steps.finish();
    examined
}

fn words(step: CheckProgress) -> String {
    match step {
        CheckProgress::Runs { done, of } => format!("as shipped and solved: {done} of {of}"),
        CheckProgress::Mutations { done, of } => format!("mutations: {done} of {of}"),
    }
}

fn failed(error: &Error, view: View, streams: &mut Streams) -> ExitCode {
    let _ = writeln!(streams.errors, "{}", view.report(&explain_error(error)));
    match error.kind() {
        Kind::Server => ExitCode::NO_SERVER,
        _ => ExitCode::USAGE,
    }
}

fn show(
    examined: &[Examination],
    findings: &[Finding],
    view: View,
    streams: &mut Streams,
) -> ExitCode {
    let mut text = checked(examined);
    text.push('\n');
    for found in findings {
        text.push_str(&finding(found));
    }
    let count = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    };
    let mutations: usize = examined.iter().map(|found| found.mutations).sum();
    let what = match findings.len() {
        0 => "no problems".to_owned(),
        number => format!("\n{}", count(number, "problem")),
    };
    text.push_str(&format!(
        "{what}: {}, {}\n",
        count(examined.len(), "exercise"),
        count(mutations, "mutation")
    ));
    let text = view.for_output(&text);
    // A closed pager is not an error.
    let _ = streams.out.write_all(text.as_bytes());
    let _ = streams.out.flush();
    if findings.is_empty() {
        ExitCode::DONE
    } else {
        ExitCode::THREW
    }
}

fn show_readability(measured: &[Readability], view: View, streams: &mut Streams) -> ExitCode {
    let findings = hard_to_read(measured);
    let mut text = readability_table(measured);
    text.push('\n');
    for found in &findings {
        text.push_str(&finding(found));
    }
    let _ = match findings.len() {
        0 => writeln!(text, "no problems"),
        1 => writeln!(text, "1 problem"),
        count => writeln!(text, "{count} problems"),
    };
    // A closed pager is not an error.
    let _ = streams.out.write_all(view.for_output(&text).as_bytes());
    let _ = streams.out.flush();
    if findings.is_empty() {
        ExitCode::DONE
    } else {
        ExitCode::THREW
    }
}
