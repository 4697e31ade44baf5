//! PyMongo and mongosh from their registries into the target folder, by their own package managers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Result;
use super::options::Options;
use super::program::{Peer, Program};
use super::server::target;

/// The programs that can run here. A peer that cannot be had is told about, and left out.
pub fn programs(options: &Options) -> Result<Vec<Program>> {
    let seaworthy = PathBuf::from(env!("CARGO_BIN_EXE_seaworthy"));
    let mut programs = vec![
        Program {
            peer: Peer::Driver,
            path: std::env::current_exe()?,
            version: driver_version(),
        },
        Program {
            peer: Peer::Seaworthy,
            version: answer(Command::new(&seaworthy).arg("--version"))?,
            path: seaworthy,
        },
    ];
    for (peer, install) in [
        (Peer::PyMongo, pymongo as fn(&Path, bool) -> Result<Program>),
        (Peer::Mongosh, mongosh),
    ] {
        match install(&target(), options.offline) {
            Ok(program) => programs.push(program),
            Err(error) => eprintln!("{} is left out: {error}", peer.name()),
        }
    }
    for program in &programs {
        eprintln!("{}: {}", program.peer.name(), program.version);
    }
    Ok(programs)
}

fn driver_version() -> String {
    let lock = include_str!("../../Cargo.lock");
    let after = lock.split("name = \"mongodb\"\nversion = \"").nth(1);
    let version = after.and_then(|rest| rest.split('"').next());
    format!("mongodb {}", version.unwrap_or("of Cargo.lock"))
}

fn pymongo(target: &Path, offline: bool) -> Result<Program> {
    let python = target.join("py/bin/python");
    let version = |python: &Path| answer(Command::new(python).args(["-c", PYMONGO_VERSION]));
    if version(&python).is_err() {
        refuse_if(offline)?;
        done(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(target.join("py")),
        )?;
        done(Command::new(&python).args(["-m", "pip", "install", "--quiet", "pymongo"]))?;
    }
    Ok(Program {
        peer: Peer::PyMongo,
        version: version(&python)?,
        path: python,
    })
}

const PYMONGO_VERSION: &str = "import pymongo, platform; assert pymongo.has_c(); \
    print('PyMongo', pymongo.version, 'with its C extension, Python', platform.python_version())";

fn mongosh(target: &Path, offline: bool) -> Result<Program> {
    let mongosh = target.join("js/node_modules/.bin/mongosh");
    let version = |mongosh: &Path| answer(Command::new(mongosh).arg("--version"));
    if version(&mongosh).is_err() {
        refuse_if(offline)?;
        let mut install = Command::new("npm");
        install.args(["install", "--no-audit", "--no-fund", "--prefix"]);
        done(install.arg(target.join("js")).arg("mongosh"))?;
    }
    let node = answer(Command::new("node").arg("--version"))?;
    Ok(Program {
        peer: Peer::Mongosh,
        version: format!("mongosh {}, Node {node}", version(&mongosh)?),
        path: mongosh,
    })
}

fn refuse_if(offline: bool) -> Result<()> {
    if offline {
        return Err("it is not installed, and `--offline` forbids that".into());
    }
    Ok(())
}

fn done(command: &mut Command) -> Result<()> {
    answer(command).map(drop)
}

/// What a command prints, in one line.
fn answer(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{name}` cannot be started: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{name}` failed: {}", why.lines().last().unwrap_or("")).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
