//! A prompt, a script runner and a course for MongoDB, with a private server of its own.
//!
//! The rooms, from the bottom up; each may use only those above it in this list:
//!
//! - [`error`]: what can go wrong: kinds, hints, exit codes
//! - [`mongo`]: the driver as scripts need it: one bridge with deadlines and interrupts, no Rhai
//! - [`server`]: finding, fetching, starting and steering a real `mongod`
//! - [`api`]: what scripts see, one file a script type
//! - [`engine`]: a Rhai engine for a session
//! - [`script`]: run one source, return an outcome
//! - [`course`]: lessons, how far a learner came, and what in their output differs from run to run
//! - [`render`]: everything a person sees
//! - [`terminal`]: raw mode, keys, size, and the one rule about colours
//! - [`repl`]: the prompt: editing, completion, commands
//! - [`cli`]: arguments as typed, settings as meant, one call each

pub mod api;
pub mod cli;
pub mod course;
pub mod engine;
pub mod error;
pub mod mongo;
pub mod render;
pub mod repl;
pub mod script;
pub mod server;
pub mod terminal;
