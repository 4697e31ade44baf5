//! The state of one run of a script: its session, its limits, its tasks, and why it ended.

pub mod confinement;
pub mod detached_closure;
pub mod displays;
pub mod event;
pub mod explanation;
pub mod fault_log;
pub mod made_fault;
pub mod output_origin;
pub mod pause;
pub mod random;
pub mod recorded_calls;
pub mod rich_value;
pub mod run_limits;
pub mod run_state;
pub mod selected;
pub mod server_resources;
pub mod session;
pub mod session_options;
pub mod task_state;
pub mod tasks;
pub mod termination;
pub mod texts;
pub mod waits;
