//! Settings made into a session: the seam between the front end and everything that runs scripts.

use std::time::Instant;

use super::Settings;
use crate::api::session::{Session, SessionOptions};
use crate::error::Result;
use crate::mongo::Interrupt;
use crate::render::Printer;

/// A session for these settings. Nothing is started or connected to before a script asks for it.
///
/// # Errors
/// `InvalidUri` where the connection string cannot be read.
pub fn open(settings: &Settings, printer: &Printer) -> Result<Session> {
    let deadline = settings
        .timeout
        .and_then(|time| Instant::now().checked_add(time));
    let printer = printer.clone();
    Ok(Session::new(SessionOptions {
        args: settings.args.clone(),
        seed: settings.seed,
        output: Box::new(move |event| printer.show(&event)),
        interrupt: Interrupt::new(deadline),
    }))
}
