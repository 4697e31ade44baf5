use std::ffi::OsString;
use std::io::Write;
use std::process::Command;

use super::{LaunchOrder, Layer, LayerState, Layers, system};
use crate::error::ExitCode;

/// Runs the hidden subcommand `launcher`: restricts this process and executes the program in the
/// arguments.
///
/// Call it before any other thread starts: namespaces and Landlock apply to the calling thread.
pub fn launcher_main(arguments: &[OsString]) -> ExitCode {
    let Some((order, program, arguments)) = LaunchOrder::from_arguments(arguments) else {
        return ExitCode::USAGE;
    };
    let layers = confine(&order);
    let mut command = Command::new(program);
    command.args(arguments);
    match &order.tell {
        Some(variable) => {
            command.env(variable, layers.to_line());
        }
        None => say(&layers.to_line()),
    }
    if order.settings.required && !layers.suffice_for_scripts_of_others() {
        return ExitCode(LaunchOrder::REFUSED as u8);
    }
    if !system::die_with(order.parent) {
        return ExitCode::THREW;
    }
    let cause = system::execute(&mut command);
    say(&format!(
        "cannot execute `{}`: {cause}",
        program.to_string_lossy()
    ));
    ExitCode::THREW
}

/// Applies the layers in order: namespaces need mounts, which Landlock forbids, and both need calls
/// that seccomp forbids.
fn confine(order: &LaunchOrder) -> Layers {
    let apply = |layer: Layer, apply: fn(&LaunchOrder) -> std::result::Result<String, String>| {
        if order.settings.skip.contains(&layer) {
            return LayerState::Missing("switched off for a test".to_owned());
        }
        // Landlock forbids mounts in here. The outer view of the file system still applies.
        if layer == Layer::Namespaces
            && let Some(outer) = order.settings.inherited.as_ref()
            && outer.is_active(layer)
        {
            return outer.get(layer).clone();
        }
        match apply(order) {
            Ok(details) => LayerState::Active(details),
            Err(reason) => LayerState::Missing(reason),
        }
    };
    Layers {
        namespaces: apply(Layer::Namespaces, system::namespaces),
        landlock: apply(Layer::Landlock, system::landlock),
        seccomp: apply(Layer::Seccomp, system::seccomp),
    }
}

fn say(line: &str) {
    // The standard output is the log. A server must also start if its log is not writable.
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
