//! A prompt, a script runner and a course for MongoDB, with a private server of its own.
//!
//! The rooms, from the bottom up; each may use only those above it in this list:
//!
//! - [`error`]: what can go wrong: kinds, hints, exit codes
//! - [`mongo`]: the driver as scripts need it: one bridge with deadlines and interrupts, no Rhai
//! - [`server`]: finding, fetching, starting and steering a real `mongod`
//! - [`values`]: what scripts hold: Document, BSON types, Set, their codec, Extended JSON
//! - [`api`]: what scripts call
//! - [`engine`]: a Rhai engine for a session
//! - [`script`]: run one source, return an outcome
//! - [`diagnose`]: from an error to a report
//! - [`course`]: lessons, exercises and their judge, and how far a learner came
//! - [`authoring`]: `course check`, mutations, snapshot tests
//! - [`render`]: drawing: values, reports, tables, progress
//! - [`terminal`]: raw mode, keys, size, and the one rule about colours
//! - [`repl`]: the prompt: editing, completion, commands
//! - [`learn`]: the front end of the course: lesson player, exercises, watch screen
//! - [`cli`]: arguments as typed, settings as meant, one call each

#![warn(unreachable_pub)]

pub mod api;
pub mod authoring;
pub mod cli;
pub mod course;
pub mod diagnose;
pub mod engine;
pub mod error;
pub mod learn;
pub mod mongo;
pub mod render;
pub mod repl;
pub mod script;
pub mod server;
pub mod terminal;
pub mod values;
