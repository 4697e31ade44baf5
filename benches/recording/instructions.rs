use std::path::Path;
use std::process::Command;

use super::Result;

/// Returns the instructions of a `find_one`: the difference of two runs, so that the start does not count.
pub fn of_a_call(command: impl Fn(usize) -> Command) -> Result<u64> {
    const FEW: usize = 200;
    const MANY: usize = 1200;
    let (few, many) = (count(&command(FEW))?, count(&command(MANY))?);
    Ok(many.saturating_sub(few) / (MANY - FEW) as u64)
}

/// Counts the instructions of a program with valgrind.
fn count(program: &Command) -> Result<u64> {
    let log = tempfile::NamedTempFile::new()?;
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--log-file={}", log.path().display()))
        .arg(program.get_program())
        .args(program.get_args());
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            valgrind.env(name, value);
        }
    }
    super::output(&mut valgrind)?;
    collected(log.path())
}

fn collected(log: &Path) -> Result<u64> {
    let log = std::fs::read_to_string(log)?;
    let number = log
        .split_once("Collected : ")
        .map(|(_, number)| number.trim());
    let number = number.and_then(|number| number.split_whitespace().next());
    Ok(number.ok_or("valgrind has counted nothing")?.parse()?)
}
