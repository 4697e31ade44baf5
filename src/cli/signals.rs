//! Ctrl-C and SIGTERM stop the session; a second signal ends the process at once.

#![allow(
    clippy::exit,
    reason = "a second signal ends the process at once, while other threads may be blocked"
)]

use std::io::Write;
use std::thread;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::ExitCode;
use crate::mongo::{Interrupt, StopReason};

/// Makes a signal stop the run instead of the process.
pub(super) fn watch(interrupt: &Interrupt) {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
    let Some((runtime, [mut interrupts, mut terminates])) = listen(kinds) else {
        return;
    };
    let interrupt = interrupt.clone();
    let _ = thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(async {
                let mut count = 0;
                loop {
                    tokio::select! {
                        _ = interrupts.recv() => {}
                        _ = terminates.recv() => {}
                    }
                    count += 1;
                    interrupt.stop(StopReason::Interrupted);
                    if count > 1 {
                        std::process::exit(ExitCode::INTERRUPTED.0.into());
                    }
                }
            });
        });
}

/// Handles signals for the prompt.
///
/// Ctrl-C only stops the current run. SIGTERM and a closed terminal end the process after restoring
/// the terminal.
pub(super) fn watch_prompt(interrupt: &Interrupt) {
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let Some((runtime, [mut interrupts, mut terminates, mut hangups])) = listen(kinds) else {
        return;
    };
    let interrupt = interrupt.clone();
    let terminal = rustix::termios::tcgetattr(std::io::stdin()).ok();
    let _ = thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupts.recv() => interrupt.stop(StopReason::Interrupted),
                        _ = terminates.recv() => break,
                        _ = hangups.recv() => break,
                    }
                }
            });
            if let Some(terminal) = terminal {
                let now = rustix::termios::OptionalActions::Now;
                let _ = rustix::termios::tcsetattr(std::io::stdin(), now, &terminal);
                // Switch off the bracketed paste of the line editor.
                let _ = std::io::stdout().write_all(b"\x1b[?2004l\n");
            }
            std::process::exit(ExitCode::INTERRUPTED.0.into());
        });
}

/// Registers for signals, and returns the runtime that receives them.
///
/// The registration is done on return, so that an early signal is not lost.
fn listen<const N: usize>(kinds: [SignalKind; N]) -> Option<(Runtime, [Signal; N])> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .ok()?;
    let context = runtime.enter();
    let signals: Vec<Signal> = kinds
        .into_iter()
        .filter_map(|kind| signal(kind).ok())
        .collect();
    drop(context);
    Some((runtime, signals.try_into().ok()?))
}
