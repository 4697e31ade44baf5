//! `seaworthy page`: runs lessons and writes them as HTML pages.

use std::fs;
use std::path::{Path, PathBuf};

use super::output_file::{OutputFile, cannot_write};
use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer as printer_for;
use super::{changes, session, signals, usage};
use crate::course::exercise::Course;
use crate::course::lesson::{Lesson, Library};
use crate::error::{ExitCode, Result};
use crate::page::{
    HowMade, LessonRun, OutputLog, PageOptions, embedded_image, exercises_page, index_page,
    lesson_page, run_lesson,
};
use crate::record::Recorder;
use crate::render::{Printer, View};
use crate::script::Source;

const INDEX: &str = "index.html";
const EXERCISES: &str = "exercises.html";

/// Makes the pages that the options name.
pub(super) fn run(
    settings: &Settings,
    options: &PageOptions,
    view: View,
    streams: Streams,
) -> ExitCode {
    let planned = match plan(settings, options) {
        Ok(planned) => planned,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let printer = printer_for(view, streams);
    let maker = Maker {
        settings,
        options,
        view,
        printer: &printer,
    };
    for page in planned.lessons {
        let code = maker.lesson(page);
        if code != ExitCode::DONE {
            return code;
        }
    }
    for (target, text) in planned.others {
        if let Err(error) = target.write(&text, &printer) {
            return view.refused(&error, &printer);
        }
    }
    view.close(&printer, false, ExitCode::DONE)
}

/// The pages to make.
struct Plan {
    lessons: Vec<LessonPage>,
    /// Pages that need no run, with their text.
    others: Vec<(OutputFile, String)>,
}

struct LessonPage {
    lesson: Lesson,
    target: OutputFile,
    index: Option<&'static str>,
}

fn plan(settings: &Settings, options: &PageOptions) -> Result<Plan> {
    let library = match &options.course {
        Some(folder) => Library::in_folder(folder)?,
        None => Library::built_in()?,
    };
    let plan = if options.all {
        plan_all(options, &library)?
    } else {
        plan_named(options, &library)?
    };
    if !options.no_run {
        for page in &plan.lessons {
            changes::check(settings, &page.lesson.name, "a lesson")?;
        }
    }
    Ok(plan)
}

fn plan_named(options: &PageOptions, library: &Library) -> Result<Plan> {
    let lessons: Vec<Lesson> = options
        .lessons
        .iter()
        .map(|name| named(name, library))
        .collect::<Result<_>>()?;
    let is_single = lessons.len() == 1;
    let lessons = lessons.into_iter().map(|lesson| {
        let file = format!("{}.html", lesson.name);
        let path = match &options.out {
            None => PathBuf::from(file),
            Some(out) if is_single && !out.is_dir() => out.clone(),
            Some(folder) => folder.join(file),
        };
        Ok(LessonPage {
            lesson,
            target: OutputFile::new(path)?,
            index: None,
        })
    });
    Ok(Plan {
        lessons: lessons.collect::<Result<_>>()?,
        others: Vec::new(),
    })
}

/// Returns the lesson with this name, or the script in this file.
fn named(name: &str, library: &Library) -> Result<Lesson> {
    let path = Path::new(name);
    if !path.is_file() {
        return library.find(name).cloned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    Lesson::read(&stem, Source::file(path)?)
}

fn plan_all(options: &PageOptions, library: &Library) -> Result<Plan> {
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("."));
    fs::create_dir_all(&folder).map_err(|cause| cannot_write(&folder, &cause.to_string()))?;
    let course = match &options.course {
        Some(folder) => Course::in_folder(folder),
        None => Course::built_in(),
    };
    // A course may have lessons only.
    let course = course.ok().filter(|course| !course.exercises().is_empty());
    let mut listed = Vec::new();
    let mut lessons = Vec::new();
    for lesson in library.lessons() {
        let file = format!("{}.html", lesson.name);
        lessons.push(LessonPage {
            lesson: lesson.clone(),
            target: OutputFile::new(folder.join(&file))?,
            index: Some(INDEX),
        });
        listed.push((lesson, file));
    }
    let mut others = Vec::new();
    if let Some(course) = &course {
        let image = |path: &str| embedded_image(course.folder(), path);
        let page = exercises_page(course, &image, INDEX);
        others.push((OutputFile::new(folder.join(EXERCISES))?, page));
    }
    let index = index_page(&listed, course.is_some().then_some(EXERCISES));
    others.push((OutputFile::new(folder.join(INDEX))?, index));
    Ok(Plan { lessons, others })
}

struct Maker<'a> {
    settings: &'a Settings,
    options: &'a PageOptions,
    view: View,
    printer: &'a Printer,
}

impl Maker<'_> {
    fn lesson(&self, page: LessonPage) -> ExitCode {
        let LessonPage {
            lesson,
            target,
            index,
        } = page;
        let ran = match self.options.no_run {
            true => None,
            false => match self.run(&lesson) {
                Ok(ran) => Some(ran),
                Err(code) => return code,
            },
        };
        let made = HowMade {
            command: self.command(&lesson),
            day: (!self.options.stable).then(today).flatten(),
            stable: self.options.stable,
            index: index.map(ToOwned::to_owned),
        };
        let folder = lesson.source.path().and_then(Path::parent);
        let image = |path: &str| embedded_image(folder, path);
        let text = lesson_page(&lesson, ran.as_ref(), &image, &made);
        match target.write(&text, self.printer) {
            Ok(()) => ran.map_or(ExitCode::DONE, |ran| ran.exit),
            Err(error) => self.view.refused(&error, self.printer),
        }
    }

    /// Runs a lesson. If a step failed unexpectedly, returns the exit code.
    fn run(&self, lesson: &Lesson) -> std::result::Result<LessonRun, ExitCode> {
        let log = OutputLog::default();
        let mut settings = self.settings.clone();
        settings.recorder = self
            .options
            .timeline
            .then(|| Recorder::new(&format!("lesson {}", lesson.name)));
        let session = session::open_with(&settings, self.view, log.output())
            .map_err(|error| self.view.refused(&error, self.printer))?;
        signals::watch(session.interrupt());
        let mut ran = run_lesson(lesson, &session, &log, self.options.keep_going);
        session.finish();
        ran.timeline = settings.recorder.map(|recorder| recorder.recording());
        let failures = ran.steps.iter().flatten();
        for report in failures.filter_map(|step| step.failure.as_ref()) {
            self.printer.say(&self.view.report(report));
        }
        let was_stopped = ran.exit != ExitCode::DONE && ran.exit != ExitCode::THREW;
        if was_stopped || (ran.exit != ExitCode::DONE && !self.options.keep_going) {
            return Err(ran.exit);
        }
        Ok(ran)
    }

    /// Returns the command that makes the same page.
    fn command(&self, lesson: &Lesson) -> String {
        let name = match lesson.source.path() {
            Some(path) => path.display().to_string(),
            None => lesson.name.clone(),
        };
        let mut command = format!("seaworthy page {name}");
        if let Some(seed) = self.settings.seed {
            command.push_str(&format!(" --seed {seed}"));
        }
        if self.options.timeline {
            command.push_str(" --timeline");
        }
        if self.options.stable {
            command.push_str(" --stable");
        }
        command
    }
}

/// Returns the date in UTC, as `2026-01-31`.
fn today() -> Option<String> {
    let now = bson::DateTime::now().try_to_rfc3339_string().ok()?;
    now.split('T').next().map(ToOwned::to_owned)
}
