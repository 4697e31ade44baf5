//! Ctrl-C and SIGTERM turn the session's switch; a second one does not wait for anything.

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

/// From here on a signal ends the run instead of the process.
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

/// For the prompt: Ctrl-C ends what runs and nothing else, however often; SIGTERM and a closed terminal leave, and
/// leave the terminal as it was.
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
                // The editor had asked for pastes to be marked.
                let _ = std::io::stdout().write_all(b"\x1b[?2004l\n");
            }
            std::process::exit(ExitCode::INTERRUPTED.0.into());
        });
}

/// Registers for signals before it returns, so that one during the first line of a script is not lost; and the runtime in
/// which they arrive.
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
