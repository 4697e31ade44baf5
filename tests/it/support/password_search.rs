//! The search for passwords in everything that the run printed, logged or stored.
//!
//! The helpers pass in every byte that the program under test wrote. The search runs when the test
//! process ends, because the tests run in parallel. A password makes the process fail and names
//! the test.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use aho_corasick::AhoCorasick;

/// The passwords that tests type, pass or store. The random ones of servers are read from their
/// folders.
pub const PASSWORDS: [&str; 6] = [
    "hunter2",
    "Tr0ub4dor",
    "s3cret",
    "gu3ss",
    "made-up-by-ada",
    "made-up-by-a-visitor",
];

/// The exit code if a password was found.
pub const LEAKED: i32 = 102;

/// The file with a summary of the search, for the CI script.
pub const SUMMARY: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/searched");

static SEEN: Mutex<Seen> = Mutex::new(Seen::new());

struct Seen {
    /// The output, by test.
    printed: BTreeMap<String, Vec<u8>>,
    secrets: BTreeSet<String>,
    folders: BTreeSet<PathBuf>,
    findings: BTreeSet<String>,
    files: usize,
    stored: usize,
}

impl Seen {
    const fn new() -> Self {
        Self {
            printed: BTreeMap::new(),
            secrets: BTreeSet::new(),
            folders: BTreeSet::new(),
            findings: BTreeSet::new(),
            files: 0,
            stored: 0,
        }
    }

    fn all_secrets(&self) -> Vec<&str> {
        let learnt = self.secrets.iter().map(String::as_str);
        PASSWORDS.into_iter().chain(learnt).collect()
    }

    fn search(&mut self, bytes: &[u8], what: &str) {
        let secrets = self.all_secrets();
        let found = AhoCorasick::new(&secrets).unwrap();
        let found: BTreeSet<String> = found
            .find_iter(bytes)
            .map(|found| {
                let from = found.start().saturating_sub(60);
                let to = (found.end() + 20).min(bytes.len());
                let around = String::from_utf8_lossy(&bytes[from..to]);
                format!("{what}: {around:?}")
            })
            .take(3)
            .collect();
        self.findings.extend(found);
    }
}

fn seen() -> MutexGuard<'static, Seen> {
    static AT_THE_END: Once = Once::new();
    AT_THE_END.call_once(|| {
        // SAFETY: the function is `extern "C"`, takes nothing and does not unwind.
        let registered = unsafe { libc::atexit(at_the_end) };
        assert_eq!(registered, 0);
    });
    // A test may have panicked while it held the lock.
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds output of the program, or of a script in this process.
pub fn printed(bytes: &[u8]) {
    let test = thread::current().name().unwrap_or("a thread").to_owned();
    let mut seen = seen();
    let all = seen.printed.entry(test).or_default();
    all.extend_from_slice(bytes);
    all.push(b'\n');
}

/// Adds output on a terminal. A typed password is visible there: `keys` is the typed text.
pub fn on_a_terminal(bytes: &[u8], keys: &[u8]) {
    let keys = String::from_utf8_lossy(keys);
    let mut shown = String::from_utf8_lossy(bytes).into_owned();
    for typed in PASSWORDS
        .iter()
        .filter(|password| keys.contains(**password))
    {
        shown = shown.replace(typed, "(typed)");
    }
    printed(shown.as_bytes());
}

/// Adds a random password.
pub fn secret(text: &str) {
    if text.len() >= 32 {
        seen().secrets.insert(text.to_owned());
    }
}

/// Searches all files of a folder before it is removed, except `own`, which the test wrote.
pub fn stored(folder: &Path, own: &[PathBuf]) {
    let test = thread::current().name().unwrap_or("a thread").to_owned();
    let mut files = Vec::new();
    files_below(folder, &mut files);
    let (secret_files, files): (Vec<PathBuf>, Vec<PathBuf>) = files
        .into_iter()
        .filter(|file| !own.contains(file))
        .partition(|file| file.ends_with("password") || file.ends_with("key"));
    for file in secret_files {
        // Here a server may store its secrets; another test checks the modes.
        secret(fs::read_to_string(file).unwrap_or_default().trim());
    }
    let mut seen = seen();
    for file in files {
        if let Ok(bytes) = fs::read(&file) {
            seen.files += 1;
            seen.stored += bytes.len();
            seen.search(&bytes, &format!("{test}, in {}", file.display()));
        }
    }
}

/// Adds a folder that is searched when the process ends.
pub fn stored_at_the_end(folder: &Path) {
    seen().folders.insert(folder.to_owned());
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(found) = entry.path().symlink_metadata() else {
            continue;
        };
        // A journal is compressed and cannot be searched.
        if found.is_dir() && entry.file_name() != "journal" {
            files_below(&entry.path(), files);
        } else if found.is_file() && found.size() > 0 {
            files.push(entry.path());
        }
    }
}

extern "C" fn at_the_end() {
    let outcome = std::panic::catch_unwind(search_everything);
    let mut stderr = std::io::stderr();
    match outcome {
        Ok(findings) if findings.is_empty() => return,
        Ok(findings) => {
            let _ = writeln!(stderr, "a password was printed, logged or stored:");
            for finding in findings {
                let _ = writeln!(stderr, "  {finding}");
            }
        }
        Err(cause) => {
            let cause: &(dyn Any + Send) = &*cause;
            let _ = writeln!(
                stderr,
                "the search for passwords failed: {:?}",
                cause.downcast_ref::<String>()
            );
        }
    }
    // SAFETY: it ends the process; no other code runs after it.
    unsafe { libc::_exit(LEAKED) }
}

fn search_everything() -> BTreeSet<String> {
    let folders = std::mem::take(&mut seen().folders);
    for folder in folders {
        stored(&folder, &[]);
    }
    let mut seen = seen();
    let printed = std::mem::take(&mut seen.printed);
    let mut bytes = 0;
    for (test, text) in &printed {
        bytes += text.len();
        seen.search(text, test);
    }
    let summary = format!(
        "{} passwords were searched for in {bytes} bytes that {} tests saw printed, and in {} files of {} bytes; found: {}\n",
        seen.all_secrets().len(),
        printed.len(),
        seen.files,
        seen.stored,
        seen.findings.len()
    );
    fs::write(SUMMARY, summary).unwrap();
    seen.findings.clone()
}
