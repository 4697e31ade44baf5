use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Instant;

use serde::Deserialize;

use super::Result;
use super::driver::data;
use super::program::{Peer, Program};
use super::rows::{Kind, Row};
use super::server::Server;

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Seconds, or bytes where memory is what counts.
    pub value: f64,
}

/// What a program says about its own work.
#[derive(Debug, Deserialize)]
struct Told {
    seconds: f64,
    count: f64,
    sum: f64,
}

/// Starts the program, waits for it, and believes its figures only if it did the work.
pub fn run(row: &Row, program: &Program, server: &Server, size: usize) -> Result<Run> {
    if row.kind == Kind::FirstDocument && program.peer == Peer::Seaworthy {
        server.stop_idle()?;
    }
    let mut command = program.command(row, size, server)?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let (first_output, output) = read(&mut child, started)?;
    let (status, peak) = wait(&child)?;
    let whole = started.elapsed().as_secs_f64();
    if !status.success() {
        let mut why = String::new();
        if let Some(errors) = &mut child.stderr {
            errors.read_to_string(&mut why)?;
        }
        let why = why
            .lines()
            .chain(output.lines())
            .find(|line| !line.is_empty());
        return Err(format!("it failed: {}", why.unwrap_or("without a word")).into());
    }
    let value = match row.kind {
        Kind::Process | Kind::FirstDocument => {
            check_document(row, program, &output)?;
            // In the row about the start, the time after the first document does not count.
            if row.kind == Kind::FirstDocument {
                first_output
            } else {
                whole
            }
        }
        Kind::Work => told(row, size, &output)?.seconds,
        Kind::Memory => told(row, size, &output).map(|_| peak)?,
    };
    Ok(Run { value })
}

/// When the first output came, and all of it.
fn read(child: &mut Child, started: Instant) -> Result<(f64, String)> {
    let mut bytes = Vec::new();
    let mut first = None;
    if let Some(output) = &mut child.stdout {
        let mut buffer = [0; 4096];
        loop {
            let count = output.read(&mut buffer)?;
            first.get_or_insert_with(|| started.elapsed().as_secs_f64());
            if count == 0 {
                break;
            }
            bytes.extend_from_slice(&buffer[..count]);
        }
    }
    Ok((first.unwrap_or_default(), String::from_utf8(bytes)?))
}

/// Waits for the end of the process, and says what its largest resident memory was, in bytes.
fn wait(child: &Child) -> Result<(ExitStatus, f64)> {
    let pid = i32::try_from(child.id())?;
    let mut status = 0;
    // SAFETY: both structures are the system's own and live until the call returns.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(pid, &mut status, 0, &mut usage), usage)
    };
    if waited != pid {
        return Err(std::io::Error::last_os_error().into());
    }
    Ok((
        ExitStatus::from_raw(status),
        usage.ru_maxrss as f64 * 1024.0,
    ))
}

fn told(row: &Row, size: usize, output: &str) -> Result<Told> {
    let line = output.lines().last().unwrap_or_default();
    let told: Told = serde_json::from_str(line).map_err(|error| format!("`{line}`: {error}"))?;
    let (count, sum) = data::expected(row.name, size);
    if told.count != count as f64 || told.sum != sum as f64 {
        let wrong = format!(
            "it found {} and {}, not {count} and {sum}",
            told.count, told.sum
        );
        return Err(wrong.into());
    }
    Ok(told)
}

fn check_document(row: &Row, program: &Program, output: &str) -> Result<()> {
    let expected = match (row.kind, program.peer) {
        (Kind::FirstDocument, Peer::Mongosh) => "1",
        _ => "paper",
    };
    if !output.contains(expected) {
        return Err(format!("it printed `{}`", output.trim()).into());
    }
    Ok(())
}
