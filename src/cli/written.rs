//! `seaworthy completions`, `seaworthy definitions` and `seaworthy man`.

use std::path::Path;
use std::{fs, io};

use clap::CommandFactory;

use super::low_args::LowArgs;
use super::shell::Shell;
use super::streams::Streams;
use super::usage;
use crate::engine::definitions;
use crate::error::{Error, ExitCode};
use crate::render::View;

/// Prints the completion script for a shell.
pub(super) fn completions(shell: Shell, mut streams: Streams) -> ExitCode {
    let shell = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut LowArgs::command(), "seaworthy", &mut script);
    // A closed output is not an error.
    let _ = streams.out.write_all(&script);
    let _ = streams.out.flush();
    ExitCode::DONE
}

/// Writes the definition files.
pub(super) fn definitions(folder: &Path, view: View, streams: Streams) -> ExitCode {
    let written = definitions::write(folder);
    report_written(written, "definitions", folder, view, streams)
}

/// Writes a man page for each command.
pub(super) fn man_pages(folder: &Path, view: View, streams: Streams) -> ExitCode {
    let written = fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(LowArgs::command(), folder));
    report_written(written, "man pages", folder, view, streams)
}

fn report_written(
    written: io::Result<()>,
    files: &str,
    folder: &Path,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    match written {
        Ok(()) => {
            let shown = folder.display();
            let _ = writeln!(streams.out, "{shown} now contains the {files}");
            ExitCode::DONE
        }
        Err(error) => {
            let shown = folder.display();
            let error = Error::invalid_argument(format!("`{shown}` cannot be written: {error}"));
            usage::refuse(&error, view, streams);
            ExitCode::THREW
        }
    }
}
