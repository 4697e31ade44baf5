use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::case::Case;
use super::header::Header;
use crate::error::{Error, Result};
use crate::script::{Source, stays_inside};

/// The place of the snapshots.
#[derive(Clone, Debug)]
pub enum SnapshotLocation {
    /// `x.snap` next to `x.rhai`.
    NextToScript,
    /// In a separate folder, under the script's relative path.
    Under(PathBuf),
}

/// The scripts to test.
#[derive(Clone, Debug, Default)]
pub struct CollectedCases {
    pub cases: Vec<Case>,
    /// Snapshots in the searched folders whose script does not exist.
    pub unreferenced: Vec<PathBuf>,
}

/// Collects the scripts in `paths` (files and folders), sorted by path.
///
/// With a filter, only those whose path contains one of its texts.
///
/// # Errors
/// `InvalidArgument` if a path does not exist, a folder contains no scripts, a file cannot be read,
/// or a script has invalid test settings.
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
                "the folder `{}` contains no scripts",
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

/// Returns the folder of a script.
fn folder_of(script: &Path) -> PathBuf {
    match script.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reads a script of `folder`. Neither it nor its snapshot may be a link to a file outside.
fn read(script: PathBuf, folder: &Path, kept: &SnapshotLocation) -> Result<Case> {
    let source = Source::of_course(folder, &script)?;
    let snapshot = kept.folder_of(&script)?.with_extension("snap");
    let snapshots = match kept {
        SnapshotLocation::NextToScript => folder,
        SnapshotLocation::Under(folder) => folder,
    };
    stays_inside(snapshots, &snapshot)?;
    Ok(Case {
        snapshot,
        header: Header::read(&source)?,
        uses_random: source.text().contains("random"),
        script,
    })
}

impl SnapshotLocation {
    /// Returns the snapshot folder of a folder, or a script's snapshot path without its ending.
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
                "`{}` is outside the current folder, so it has no place under `{}`",
                path.display(),
                root.display()
            ))
            .hint("run the test from the folder that contains both")),
        }
    }
}

/// Returns the path without `.` and `..`.
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

/// Collects all files with an ending below a folder, except hidden ones.
fn walk(folder: &Path, ending: &str, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        // Show `x.rhai`, not `./x.rhai`.
        let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
        // Do not follow links to folders: they could form a cycle.
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
        return Error::invalid_argument(format!("there is no file or folder `{shown}`"))
            .hint("name scripts, or folders that contain scripts");
    }
    let why = error.to_string().to_lowercase();
    let why = why.split(" (os error").next().unwrap_or_default();
    Error::invalid_argument(format!("`{shown}` cannot be read: {why}"))
}
