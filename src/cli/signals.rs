//! Ctrl-C and SIGTERM turn the session's switch; a second one does not wait for anything.

use std::io::Write;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use crate::error::ExitCode;
use crate::mongo::{Interrupt, Stop};

/// From here on a signal ends the run instead of the process.
pub fn watch(interrupt: &Interrupt) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
    else {
        return;
    };
    // Registered before this returns: a signal during the first line of a script is not lost.
    let context = runtime.enter();
    let (Ok(mut interrupts), Ok(mut terminates)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return;
    };
    drop(context);
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
                    interrupt.stop(Stop::Interrupted);
                    if count > 1 {
                        std::process::exit(ExitCode::INTERRUPTED.0.into());
                    }
                }
            });
        });
}

/// For the prompt: Ctrl-C ends what runs and nothing else, however often; SIGTERM and a closed terminal leave, and
/// leave the terminal as it was.
pub fn watch_prompt(interrupt: &Interrupt) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
    else {
        return;
    };
    let context = runtime.enter();
    let (Ok(mut interrupts), Ok(mut terminates), Ok(mut hangups)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return;
    };
    drop(context);
    let interrupt = interrupt.clone();
    let terminal = rustix::termios::tcgetattr(std::io::stdin()).ok();
    let _ = thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupts.recv() => interrupt.stop(Stop::Interrupted),
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
