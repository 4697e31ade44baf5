use std::fmt;
use std::sync::Arc;

use super::command_trace::CommandTrace;

/// The receiver of traced commands. Copies share it.
#[derive(Clone)]
pub struct Tracer {
    sink: Arc<dyn Fn(CommandTrace) + Send + Sync>,
}

impl Tracer {
    /// Creates a tracer that passes each command to `sink`, on the driver's threads.
    pub fn new(sink: impl Fn(CommandTrace) + Send + Sync + 'static) -> Self {
        Self {
            sink: Arc::new(sink),
        }
    }

    pub(super) fn show(&self, command: CommandTrace) {
        (self.sink)(command);
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tracer")
    }
}
