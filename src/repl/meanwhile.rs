//! What happens while a line is typed, and is told above it: tasks that fail, servers that go and come back.

use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use super::prompt::Prompt;
use super::prompt_text::{self, Health};
use super::screen::Screen;
use crate::diagnose::explain;
use crate::render::highlight::{Palette, painted};
use crate::script::Failure;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// How long servers have to be in another state before it is told: an election is over sooner.
const SETTLED: Duration = Duration::from_secs(1);

/// Looks for as long as the program runs.
pub(super) fn watch(prompt: &Prompt) {
    let failures = prompt.interactive.task_failures();
    let (screen, session) = (prompt.screen.clone(), prompt.session().clone());
    let shown = std::sync::Arc::clone(&prompt.shown_health);
    let _ = thread::Builder::new()
        .name("meanwhile".into())
        .spawn(move || {
            let mut since = Instant::now();
            let mut last = Health::Unknown;
            loop {
                thread::sleep(LOOK);
                if !screen.is_editing() {
                    since = Instant::now();
                    continue;
                }
                if let Some(failure) = failures.take() {
                    tell_of_task(&screen, &failure);
                }
                let now = prompt_text::of(&session);
                if now != last {
                    since = Instant::now();
                    last = now.clone();
                }
                let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                if since.elapsed() >= SETTLED && now != *shown {
                    tell_of_change(&screen, &mut shown, now);
                }
            }
        });
}

/// Tells of a task that failed and that nobody waited for.
pub(super) fn tell_of_task(screen: &Screen, failure: &Failure) {
    let report = explain(failure).render(screen.width());
    screen.tell(&format!(
        "{}\n{report}",
        painted("a task failed", Palette::ERROR)
    ));
}

/// Tells that the servers are no longer as the prompt says. What was never reached is told by the line that needs it.
fn tell_of_change(screen: &Screen, shown: &mut Health, now: Health) {
    let words = match (&*shown, &now) {
        (Health::Unknown, Health::Degraded(_) | Health::Lost(_)) | (_, Health::Unknown) => return,
        (Health::Unknown, Health::Good(_)) => None,
        (_, Health::Good(role)) => Some((format!("all servers are well: {role}"), Palette::DIM)),
        (_, Health::Degraded(what)) => Some((what.clone(), prompt_text::WARNING)),
        (_, Health::Lost(what)) => Some((what.clone(), Palette::ERROR)),
    };
    if let Some((words, style)) = words {
        screen.tell(&painted(&words, style));
    }
    *shown = now;
}
