//! Ctrl-C and SIGTERM turn the session's switch; a second one does not wait for anything.

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
