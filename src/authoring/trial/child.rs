use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{Error, ExitCode, Kind, Result};
use crate::mongo::Interrupt;
use crate::record::Recording;

/// The limit of each output stream.
const MOST_BYTES: usize = 1 << 20;
/// The poll interval for the child.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// The time between SIGTERM and SIGKILL. Stopping a replica set takes a few seconds.
const GRACE: Duration = Duration::from_secs(15);

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildExit {
    /// With this exit code.
    Exit(u8),
    /// It did not end within its time limit.
    TimedOut,
    /// It printed more than 1 MiB.
    TooMuch,
    /// This signal ended it.
    Killed(i32),
    /// The user cancelled all runs.
    Cancelled,
}

/// What a child printed, and how it ended.
#[derive(Clone, Debug)]
pub struct RunOutput {
    pub out: String,
    pub errors: String,
    pub end: ChildExit,
    pub took: Duration,
    /// The recording of the run, if it was recorded.
    pub recording: Option<Recording>,
}

impl RunOutput {
    /// Returns the output of a run that was cancelled before its start.
    pub fn cancelled() -> Self {
        Self {
            out: String::new(),
            errors: String::new(),
            end: ChildExit::Cancelled,
            took: Duration::ZERO,
            recording: None,
        }
    }

    pub fn succeeded(&self) -> bool {
        self.end == ChildExit::Exit(0)
    }

    /// Returns the error message from the last line of JSON on the error stream.
    pub fn message(&self) -> String {
        let reported = self.errors.lines().rev().find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(line.get("error")?.get("message")?.as_str()?.to_owned())
        });
        reported.unwrap_or_else(|| self.errors.trim().to_owned())
    }
}

/// Runs a program until it ends, `limit` has passed, or the user cancels.
///
/// # Errors
/// `Server` if it cannot be started.
pub fn run(mut command: Command, limit: Duration, interrupt: &Interrupt) -> Result<RunOutput> {
    let started = Instant::now();
    // An own process group: Ctrl-C reaches only this program, which then stops the children.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = command.spawn().map_err(|error| {
        Error::new(
            Kind::Server,
            format!("seaworthy cannot start itself: {error}"),
        )
    })?;
    let full = Arc::new(AtomicBool::new(false));
    let out = child.stdout.take().map(|pipe| collect(pipe, &full));
    let errors = child.stderr.take().map(|pipe| collect(pipe, &full));
    let end = wait(&mut child, started + limit, &full, interrupt);
    let text = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        let bytes = reader.and_then(|reader| reader.join().ok());
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    };
    Ok(RunOutput {
        out: text(out),
        errors: text(errors),
        end,
        took: started.elapsed(),
        recording: None,
    })
}

/// Reads to the end, and keeps the first `MOST_BYTES`.
fn collect(
    mut pipe: impl Read + Send + 'static,
    full: &Arc<AtomicBool>,
) -> thread::JoinHandle<Vec<u8>> {
    let full = Arc::clone(full);
    thread::spawn(move || {
        let mut kept = Vec::new();
        let mut block = [0; 16 * 1024];
        while let Ok(count @ 1..) = pipe.read(&mut block) {
            if kept.len() + count > MOST_BYTES {
                full.store(true, Ordering::Relaxed);
            } else {
                kept.extend_from_slice(&block[..count]);
            }
        }
        kept
    })
}

fn wait(child: &mut Child, end: Instant, full: &AtomicBool, interrupt: &Interrupt) -> ChildExit {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if full.load(Ordering::Relaxed) && !status.success() => {
                return ChildExit::TooMuch;
            }
            Ok(Some(status)) => return of_status(status),
            Ok(None) => {}
            Err(_) => return ChildExit::Killed(0),
        }
        let why = if full.load(Ordering::Relaxed) {
            ChildExit::TooMuch
        } else if interrupt.stopped_by_now().is_some() {
            ChildExit::Cancelled
        } else if Instant::now() > end {
            ChildExit::TimedOut
        } else {
            thread::sleep(LOOK_EVERY);
            continue;
        };
        stop(child);
        return why;
    }
}

/// Stops a child with SIGTERM, and with SIGKILL after `GRACE`.
fn stop(child: &mut Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let _ = kill_process(pid, Signal::TERM);
    }
    let end = Instant::now() + GRACE;
    while Instant::now() < end {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(LOOK_EVERY);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn of_status(status: ExitStatus) -> ChildExit {
    match (status.code(), status.signal()) {
        (Some(code), _) if code == i32::from(ExitCode::TIMED_OUT.0) => ChildExit::TimedOut,
        (Some(code), _) => ChildExit::Exit(u8::try_from(code).unwrap_or(u8::MAX)),
        (None, signal) => ChildExit::Killed(signal.unwrap_or_default()),
    }
}
