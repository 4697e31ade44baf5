use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::course_args::{CheckArgs, CourseCommand};
use crate::cli::settings::{Action, Settings};
use crate::cli::test_args::TestArgs;
use crate::error::{Error, Result};
use crate::page::PageOptions;
use crate::server::confinement::Accessible;
use crate::server::{Folders, WorkFolders};

/// Returns the files and folders that a confined run can access.
///
/// # Errors
/// `InvalidArgument` if an output file cannot be created.
pub(super) fn accessible(
    settings: &Settings,
    program: &Path,
    mongod: Option<&Path>,
    folders: &Folders,
    work: &WorkFolders,
    learner: Option<&Path>,
) -> Result<Accessible> {
    let mut accessible = Accessible::to_run(program)
        .and_terminal()
        .and_read(&folders.cache)
        .and_write(work.data())
        .and_write(&work.runtime)
        .and_write(folders.progress());
    // A server in the confined process adds no mounts, so its program must be visible here.
    if let Some(mongod) = mongod {
        let mongod = Accessible::to_run(mongod);
        accessible.read.extend(mongod.read);
    }
    for path in read(&settings.action)? {
        accessible.read.push(path);
    }
    for path in written(&settings.action)? {
        accessible.write.push(path);
    }
    accessible.write.extend(learner.map(Path::to_owned));
    absolute(accessible)
}

/// Returns the paths that the run reads.
fn read(action: &Action) -> Result<Vec<PathBuf>> {
    Ok(match action {
        Action::Run { sources } => sources.iter().filter_map(|path| folder_of(path)).collect(),
        Action::Test(test) => tested(test),
        Action::Lesson(lesson) => lesson.course.iter().cloned().collect(),
        Action::Page(page) => page.course.iter().cloned().collect(),
        Action::Exercise(exercise) => exercise.course.iter().cloned().collect(),
        Action::Course {
            command: CourseCommand::Check(CheckArgs { folder, .. }),
        } => folder.iter().cloned().collect(),
        // `:run` reads scripts from here.
        Action::Prompt { .. } => vec![PathBuf::from(".")],
        _ => Vec::new(),
    })
}

/// Returns the paths that the user asked the run to write, and creates them.
fn written(action: &Action) -> Result<Vec<PathBuf>> {
    let test = match action {
        Action::Test(test) => test,
        Action::Page(page) => return page_folder(page).map(|folder| vec![folder]),
        _ => return Ok(Vec::new()),
    };
    let mut written = Vec::new();
    if test.accept {
        match &test.snapshots {
            Some(folder) => {
                fs::create_dir_all(folder).map_err(|cause| cannot_make(folder, &cause))?;
                written.push(folder.clone());
            }
            None => written.extend(tested(test)),
        }
    }
    if let Some(file) = &test.junit {
        // Only an existing file can be made accessible.
        fs::File::options()
            .append(true)
            .create(true)
            .open(file)
            .map_err(|cause| cannot_make(file, &cause))?;
        written.push(file.clone());
    }
    Ok(written)
}

/// Returns the folder of the pages. With `--all` it may be new.
fn page_folder(page: &PageOptions) -> Result<PathBuf> {
    let out = page.out.as_deref().unwrap_or(Path::new("."));
    if page.all {
        fs::create_dir_all(out).map_err(|cause| cannot_make(out, &cause))?;
    }
    Ok(folder_of(out).unwrap_or_else(|| PathBuf::from(".")))
}

fn tested(test: &TestArgs) -> Vec<PathBuf> {
    let scripts = test.paths.iter().filter_map(|path| folder_of(path));
    scripts.chain(test.snapshots.clone()).collect()
}

/// Returns the folder itself, or the folder of a file.
fn folder_of(path: &Path) -> Option<PathBuf> {
    if path == Path::new("-") {
        return None;
    }
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let folder = path.parent()?;
    Some(match folder == Path::new("") {
        true => PathBuf::from("."),
        false => folder.to_owned(),
    })
}

fn absolute(mut accessible: Accessible) -> Result<Accessible> {
    for path in accessible.read.iter_mut().chain(&mut accessible.write) {
        *path = std::path::absolute(&*path).map_err(|cause| cannot_make(path, &cause))?;
    }
    Ok(accessible)
}

fn cannot_make(path: &Path, cause: &std::io::Error) -> Error {
    let path = path.display();
    Error::invalid_argument(format!("`{path}` cannot be written: {cause}"))
        .hint("name a file in a folder that you can write to")
}
