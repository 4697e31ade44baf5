//! Messages above the input line: failed tasks, and changes of the servers' state.

use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use super::prompt::Prompt;
use super::prompt_text::{self, Health};
use super::screen::Screen;
use crate::diagnose::explain;
use crate::render::highlight::{Palette, painted};
use crate::script::Failure;

/// The poll interval.
const LOOK: Duration = Duration::from_millis(250);

/// The delay before a new server state is shown. It is longer than an election.
const SETTLED: Duration = Duration::from_secs(1);

/// Starts the thread that shows the messages until the program ends.
pub(super) fn watch(prompt: &Prompt) {
    let failures = prompt.interactive.task_failures();
    let (screen, session) = (prompt.screen.clone(), prompt.session().clone());
    let shown = std::sync::Arc::clone(&prompt.shown_health);
    let _ = thread::Builder::new()
        .name("background".into())
        .spawn(move || {
            let mut since = Instant::now();
            let mut last = Health::Unknown;
            let mut revision = 0;
            loop {
                thread::sleep(LOOK);
                if !screen.is_editing() {
                    since = Instant::now();
                    continue;
                }
                if let Some(failure) = failures.take() {
                    report_task_failure(&screen, &failure);
                }
                let client = session.opened_current_client();
                let client = client.as_ref();
                let latest = client.map_or(0, |client| client.topology().revision());
                if latest != revision {
                    revision = latest;
                    let now = prompt_text::of_client(client);
                    if now != last {
                        since = Instant::now();
                        last = now;
                    }
                }
                let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                if since.elapsed() >= SETTLED && last != *shown {
                    report_health_change(&screen, &mut shown, last.clone());
                }
            }
        });
}

/// Shows the failure of a task that no line waited for.
pub(super) fn report_task_failure(screen: &Screen, failure: &Failure) {
    let report = explain(failure).render(screen.width());
    screen.tell(&format!(
        "{}\n{report}",
        painted("a task failed", Palette::ERROR)
    ));
}

/// Shows a new state of the servers. A server that was never available is not reported here.
fn report_health_change(screen: &Screen, shown: &mut Health, now: Health) {
    let words = match (&*shown, &now) {
        (Health::Unknown, Health::Degraded(_) | Health::Lost(_)) | (_, Health::Unknown) => return,
        (Health::Unknown, Health::Good(_)) => None,
        (_, Health::Good(role)) => {
            Some((format!("all servers are available: {role}"), Palette::DIM))
        }
        (_, Health::Degraded(what)) => Some((what.clone(), prompt_text::WARNING)),
        (_, Health::Lost(what)) => Some((what.clone(), Palette::ERROR)),
    };
    if let Some((words, style)) = words {
        screen.tell(&painted(&words, style));
    }
    *shown = now;
}
