use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::case::Case;
use super::header::Header;
use crate::error::{Error, Result};
use crate::script::{Source, stays_inside};

/// Where snapshots are kept.
#[derive(Clone, Debug)]
pub enum SnapshotLocation {
    /// `x.snap` beside `x.rhai`.
    DetachedClosure,
    /// In a folder of their own, at the mirror of the script's path.
    Under(PathBuf),
}

/// What there is to be tested.
#[derive(Clone, Debug, Default)]
pub struct CollectedCases {
    pub cases: Vec<Case>,
    /// Snapshots in the folders that were searched, of scripts that are not there.
    pub unreferenced: Vec<PathBuf>,
}

/// The scripts that `paths` mean: files, and folders with everything in them, in the order of their names. With a filter,
/// only those whose path contains one of its texts.
///
/// # Errors
/// `InvalidArgument` where nothing is there, a folder holds no scripts, a file cannot be read, or one says something
/// about its test that is not understood.
pub fn collect(
    paths: &[PathBuf],
    kept: &SnapshotLocation,
    filter: &[String],
) -> Result<CollectedCases> {
    let mut scripts = BTreeSet::new();
    let mut snapshots = BTreeSet::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !metadata.is_dir() {
            scripts.insert((path.clone(), folder_of(path)));
            continue;
        }
        let mut found = BTreeSet::new();
        walk(path, "rhai", &mut found)?;
        if found.is_empty() {
            return Err(Error::invalid_argument(format!(
                "the folder `{}` holds no scripts",
                path.display()
            ))
            .hint("a script is a file whose name ends in `.rhai`"));
        }
        scripts.extend(found.into_iter().map(|script| (script, path.clone())));
        let mirror = kept.folder_of(path)?;
        if mirror.is_dir() {
            walk(&mirror, "snap", &mut snapshots)?;
        }
    }
    let mut collection = CollectedCases::default();
    for (script, folder) in scripts {
        let case = read(script, &folder, kept)?;
        snapshots.remove(&case.snapshot);
        if is_wanted(&case.name(), filter) {
            collection.cases.push(case);
        }
    }
    if collection.cases.is_empty() {
        let wanted = filter.join("` or `");
        return Err(
            Error::invalid_argument(format!("no script's path contains `{wanted}`"))
                .hint("`--filter` takes a part of a path"),
        );
    }
    if filter.is_empty() {
        collection.unreferenced = snapshots.into_iter().collect();
    }
    Ok(collection)
}

fn is_wanted(name: &str, filter: &[String]) -> bool {
    filter.is_empty() || filter.iter().any(|part| name.contains(part))
}

/// The folder that a script is in.
fn folder_of(script: &Path) -> PathBuf {
    match script.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A script of `folder` with its snapshot, neither of which may be a link that leads out.
fn read(script: PathBuf, folder: &Path, kept: &SnapshotLocation) -> Result<Case> {
    let source = Source::of_course(folder, &script)?;
    let snapshot = kept.folder_of(&script)?.with_extension("snap");
    let snapshots = match kept {
        SnapshotLocation::DetachedClosure => folder,
        SnapshotLocation::Under(folder) => folder,
    };
    stays_inside(snapshots, &snapshot)?;
    Ok(Case {
        snapshot,
        header: Header::read(&source)?,
        draws: source.text().contains("random"),
        script,
    })
}

impl SnapshotLocation {
    /// Where the snapshots of a folder are, or without its ending that of a script.
    fn folder_of(&self, path: &Path) -> Result<PathBuf> {
        let Self::Under(root) = self else {
            return Ok(path.to_owned());
        };
        let absolute = |path: &Path| {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            simple(&absolute)
        };
        let here = absolute(Path::new("."));
        match absolute(path).strip_prefix(&here) {
            Ok(inside) => Ok(root.join(inside)),
            Err(_) => Err(Error::invalid_argument(format!(
                "`{}` lies outside the folder you are in, and has no place under `{}`",
                path.display(),
                root.display()
            ))
            .hint("run the test from the folder that holds both")),
        }
    }
}

/// The path without `.` and `..`.
fn simple(path: &Path) -> PathBuf {
    let mut simple = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(simple.pop()),
            part => simple.push(part),
        }
    }
    simple
}

/// Every file with that ending in a folder and the folders in it. What begins with a dot is not for us.
fn walk(folder: &Path, ending: &str, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        // `x.rhai` and not `./x.rhai`, as people would name it.
        let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
        // A link to a folder could lead in a circle.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            walk(&path, ending, found)?;
        } else if path.extension().is_some_and(|this| this == ending) && !path.is_dir() {
            found.insert(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let shown = path.display();
    if error.kind() == std::io::ErrorKind::NotFound {
        return Error::invalid_argument(format!("there is nothing called `{shown}`"))
            .hint("name scripts, or folders that hold some");
    }
    let why = error.to_string().to_lowercase();
    let why = why.split(" (os error").next().unwrap_or_default();
    Error::invalid_argument(format!("`{shown}` cannot be read: {why}"))
}
