use seaworthy::api::run::event::Output;
use seaworthy::api::run::explanation::unexplained;
use seaworthy::api::run::run_limits::RunLimits;
use seaworthy::api::run::session::Session;
use seaworthy::api::run::session_options::{ServerSource, SessionOptions, no_sets};
use seaworthy::mongo::{ConnectionString, Interrupt};
use seaworthy::script::{LastValue, Source, run};

use super::Result;
use super::rows::{Calls, Row};

/// A measurement takes at least this long, in seconds, so that the clock and the loop do not count.
const MOMENT: f64 = 0.02;

/// Runs of a call that can be made only once. The fastest one counts.
const RUNS: usize = 3;

/// Returns the time of a call on a value of `size` elements.
pub fn nanoseconds(row: &Row, size: usize) -> Result<f64> {
    let seconds = match row.calls {
        Calls::Often => {
            let mut count = 1;
            loop {
                let seconds = seconds(row, size, count)?;
                if seconds >= MOMENT || count > 10_000_000 {
                    break seconds / count as f64;
                }
                let needed = 1.5 * MOMENT / (seconds / count as f64).max(1e-9);
                count = (needed as usize).clamp(count * 2, count * 100);
            }
        }
        Calls::OncePerElement => seconds(row, size, size)? / size as f64,
        Calls::Once => {
            let mut fastest = f64::MAX;
            for _ in 0..RUNS {
                fastest = fastest.min(seconds(row, size, 1)?);
            }
            fastest
        }
    };
    Ok(seconds * 1e9)
}

/// Returns how long `count` calls take.
fn seconds(row: &Row, size: usize, count: usize) -> Result<f64> {
    let Row { before, call, .. } = row;
    let script = format!(
        "let n = {size}; {before} let began = timestamp(); for i in 0..{count} {{ {call}; }} began.elapsed()"
    );
    let session = Session::new(SessionOptions {
        args: Vec::new(),
        seed: Some(1),
        output: Output::new(|_| Ok(())),
        interrupt: Interrupt::new(None),
        server: server(),
        database: Some("seaworthy_costs".to_owned()),
        confined: false,
        limits: RunLimits::NONE,
        trace: false,
        recorder: None,
        start_set: no_sets(),
        explain: unexplained,
    });
    let outcome = run(&Source::code("script", &script), &session, LastValue::Kept);
    if let Some(failure) = outcome.failure {
        return Err(format!("{call}: {:?}", failure.cause).into());
    }
    outcome
        .value
        .as_float()
        .map_err(|kind| format!("{call}: {kind} instead of seconds").into())
}

fn server() -> ServerSource {
    match std::env::var("MONGODB_URI") {
        Ok(uri) => ServerSource::Uri(ConnectionString::new(uri.as_str())),
        Err(_) => ServerSource::none(),
    }
}
