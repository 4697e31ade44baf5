use std::io::{self, Read};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The pause between two checks of the program.
const PAUSE: Duration = Duration::from_millis(3);

/// Runs a program with little output, and kills it after `limit`.
///
/// # Errors
/// An error of the system, or `TimedOut`.
pub(crate) fn run_bounded(command: &mut Command, limit: Duration) -> io::Result<Output> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let end = Instant::now() + limit;
    let mut child = spawn(command, end)?;
    // The output fits in the pipe, so it can be read after the program has ended.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > end {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(PAUSE);
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_end(&mut stdout)?;
    }
    if let Some(mut pipe) = child.stderr.take() {
        pipe.read_to_end(&mut stderr)?;
    }
    Ok(Output {
        status,
        stdout,
        stderr,
    })
}

/// Starts a program that may have just been written. A child process of another thread can still
/// have the file open for writing, and the system does not run such a file. Then this tries again.
fn spawn(command: &mut Command, end: Instant) -> io::Result<Child> {
    loop {
        match command.spawn() {
            Err(cause)
                if cause.kind() == io::ErrorKind::ExecutableFileBusy && Instant::now() < end =>
            {
                thread::sleep(PAUSE);
            }
            started => return started,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    #[test]
    fn a_program_file_open_for_writing_is_retried() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        std::fs::copy("/bin/true", &path).unwrap();
        let writes = OpenOptions::new().append(true).open(&path).unwrap();
        let mut command = Command::new(&path);
        let refused = command.spawn().unwrap_err().kind();
        assert_eq!(refused, io::ErrorKind::ExecutableFileBusy);
        let closes = thread::spawn(move || {
            thread::sleep(PAUSE * 20);
            drop(writes);
        });
        let ended = run_bounded(&mut command, Duration::from_secs(20)).unwrap();
        assert!(ended.status.success());
        closes.join().unwrap();
    }
}
