//! A prompt, a script runner and a course for MongoDB, with a private server of its own.
//!
//! The top-level modules, from the bottom up. `tests/it/room_rules.rs` says which ones each may use:
//!
//! - [`error`]: error kinds, hints, exit codes
//! - [`plot`]: pictures of numbers, as text and as SVG
//! - [`history`]: histories of operations, and the checkers that judge them
//! - [`mongo`]: the driver with deadlines and interrupts; does not know Rhai
//! - [`server`]: finds, downloads, starts and controls a real `mongod`
//! - [`values`]: the values of scripts: Document, BSON types, Set, their codec, Extended JSON
//! - [`api`]: the functions that scripts call
//! - [`engine`]: the Rhai engine of a session
//! - [`script`]: runs one source and returns its outcome
//! - [`diagnose`]: turns an error into a report
//! - [`course`]: lessons, exercises, their judge, and the learner's progress
//! - [`authoring`]: `course check`, mutations, snapshot tests
//! - [`render`]: output: values, reports, tables, progress
//! - [`terminal`]: raw mode, keys, size, and when to use colours
//! - [`page`]: the course as HTML pages
//! - [`notebook`]: scripts as Jupyter notebooks and back, notebooks with stored outputs
//! - [`repl`]: the prompt: editing, completion, commands
//! - [`kernel`]: the Jupyter kernel: cells run in a session
//! - [`learn`]: the front end of the course: lesson player, exercises, watch screen
//! - [`cli`]: parses arguments, computes the settings, calls one subcommand

#![warn(unreachable_pub)]

pub mod api;
pub mod authoring;
pub mod cli;
pub mod course;
pub mod diagnose;
pub mod engine;
pub mod error;
pub mod history;
pub mod kernel;
pub mod learn;
pub mod mongo;
pub mod notebook;
pub mod page;
pub mod plot;
pub mod record;
pub mod render;
pub mod repl;
pub mod script;
pub mod server;
pub mod terminal;
pub mod transfer;
pub mod translate;
pub mod values;
