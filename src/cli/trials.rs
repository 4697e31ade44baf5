//! Creates the trial runner for `test` and `course check` from the settings.

use std::num::NonZeroUsize;
use std::thread;

use super::session::{self, SharedLease};
use super::settings::Settings;
use super::settings::{RECORDING, TRIAL_SERVER};
use super::signals;
use super::start_progress::StartProgress;
use crate::authoring::trial::trial_runner::{TrialConfig, TrialRunner};
use crate::error::Result;
use crate::mongo::Interrupt;
use crate::render::View;
use crate::server;

/// The maximum number of concurrent scripts. More would slow down scripts that measure time.
const MOST_AT_ONCE: usize = 4;

/// Creates a trial runner that Ctrl-C cancels.
///
/// # Errors
/// `Server` if the folders of the private server are unknown.
pub(super) fn open(
    settings: &Settings,
    view: View,
    trust: bool,
    is_recorded: bool,
) -> Result<TrialRunner> {
    let interrupt = Interrupt::new(None);
    signals::watch(&interrupt);
    let mut ephemeral = settings.clone();
    ephemeral.server.ephemeral = true;
    let quiet = settings.server.quiet;
    let told = interrupt.clone();
    let shared = session::private_server(&ephemeral, SharedLease::default(), move || {
        Box::new(StartProgress::new(quiet, view, &told))
    })?;
    let config = TrialConfig {
        shared,
        kill_with_parent: server::die_with_parent,
        mongod: settings.server.mongod.clone(),
        offline: settings.server.offline,
        trial_server: (!trust || settings.confined).then_some(TRIAL_SERVER),
        recording: is_recorded.then_some(RECORDING),
        arguments: passed_on(settings),
    };
    TrialRunner::new(config, interrupt)
}

/// Returns the user's options for untrusted scripts, to pass to each script.
fn passed_on(settings: &Settings) -> Vec<String> {
    let limits = settings.limits;
    let mut arguments = vec![
        format!("--limit=data={}", limits.data),
        format!("--limit=tasks={}", limits.tasks),
        format!("--limit=output={}", limits.output),
    ];
    arguments.extend(limits.memory.map(|bytes| format!("--limit=memory={bytes}")));
    if settings.accept_missing_layers {
        arguments.push("--accept-missing-layers".to_owned());
    }
    arguments
}

/// Returns the number of concurrent tests: `wanted`, or one per processor.
pub(super) fn at_once(wanted: Option<NonZeroUsize>) -> NonZeroUsize {
    wanted.unwrap_or_else(|| at_most(processors()))
}

/// Returns the number of concurrent checks: `wanted`, or two per processor, as they mostly wait.
pub(super) fn check_at_once(wanted: Option<NonZeroUsize>) -> NonZeroUsize {
    wanted.unwrap_or_else(|| at_most(processors() * 2))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn at_most(wanted: usize) -> NonZeroUsize {
    NonZeroUsize::new(wanted.min(MOST_AT_ONCE)).unwrap_or(NonZeroUsize::MIN)
}
