//! The integration tests: one binary, so that it links once. Servers are real, and started through the product.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may panic and print; clippy.toml covers only the code inside a test function"
)]

/// Folders, processes, patience; running the program, and comparing what it shows.
mod support;

/// The script API on a real server: every kind of error, cursors and options, bulk writes, Ctrl-C.
mod api_bulk_write;
mod api_bulk_write_faults;
mod api_cursors;
mod api_errors;
mod api_interrupt;
mod api_read_ahead;
mod api_sessions;
/// What authors do: snapshot tests of scripts, checks of courses; and what scripts of others may not do.
mod author_checks;
mod author_tests;
/// The program from outside: options, exit codes, streams, signals.
mod cli_bad_input;
/// What a private server needs, line by line.
mod cli_doctor;
mod cli_exit_codes;
mod cli_output;
mod cli_usage;
mod cli_written;
mod confined_attacks;
mod confined_commands;
mod confinement;
mod confinement_layers;
/// Exercises: run and judged; worked on, with the learner's folder and progress; watched at every save.
mod course_desk;
/// The greengrocer's two scripts, in two terminals.
mod course_examples;
mod course_exercises;
/// Lessons, played: keys typed, progress, questions, refusals.
mod course_player;
mod course_watch;
/// Cargo.toml: unused dependencies, licences.
mod dependencies;
/// What is written about the script API: every function documented, every example run, every page up to date.
mod docs_allowed_commands;
mod docs_hardening;
mod docs_readme;
mod docs_reference;
/// Our exercises: as shipped, solved, and answered wrongly in every way we could think of.
mod exercises;
/// Seeds that are kept, changed at random: nothing panics, nothing is lost, nobody's password is shown.
mod fuzz;
/// What each limit of time does about a server that hangs.
mod hostile_course;
mod hostile_deadlines;
/// Data folders that cannot be opened or written, homes that take nothing, a cache that was changed.
mod hostile_machine;
/// Scripts and values that want to break it.
mod hostile_scripts;
/// Addresses with nobody or somebody else behind them, servers that hang or have no room.
mod hostile_servers;
mod hostile_values;
/// How the rooms of `src` lie on each other, and where the papers point.
mod house_rules;
/// What runs for long does not grow: the long runs, with small numbers.
mod long_runs;
/// The prompt in a terminal of its own: keys go in, a screen comes out.
mod prompt_completion;
mod prompt_home;
mod prompt_server;
mod prompt_typing;
/// Beyond one server: a set of five, TLS, who serves a read.
mod scale;
/// Scripts that go wrong, as they are shown.
mod script_errors;
mod script_hints;
mod script_imports;
/// The whole run: nothing that was written holds a password.
mod secrets;

/// Lessons that run again, and the acceptance scripts where they are.
mod scripts;
/// MongoDB's own archives, from a server that may lie about them.
mod server_archives;
/// `seaworthy server …`, as functions.
mod server_command;
/// Whoever is killed, in whatever order: no process stays, no acknowledged write is lost.
mod server_crash;
/// What cannot start says why.
mod server_failed_start;
/// Fetching `mongod`: refused, cut off, twice at once, changed on its way.
mod server_install;
/// Start, share, stop.
mod server_private;
/// Sets of one, three and five members under the control of whoever made them.
mod server_replica_set;
/// Nobody else on the machine gets in.
mod server_secrecy;

/// Bytes of every BSON type, made by hand: there and back, damaged, and nested for ever.
mod values_bytes;
/// Everything the Rhai book documents for object maps, on a Document; the literal; errors and printing.
mod values_document;
/// Every example in a doc comment of a script function that needs no server.
/// Integers, floats and decimals: widths, arithmetic, comparison; the constructors of all types.
mod values_numbers;
/// `random::*`: repeatable, within bounds, clear about bad arguments.
mod values_random;
/// Any BSON survives: as bytes, as source text, as Extended JSON.
mod values_roundtrip;
/// `set(…)`.
mod values_set;
/// `assert…`, `eventually`, `sleep`, `timed`.
mod values_waiting;

/// Faults that hit one client, and sets that scripts break.
mod fail_points;
/// The picture in the README.
mod readme_recording;
mod replica_set_api;
/// `--trace` and `client.trace`: what is shown of each command, and what never is.
mod trace;
/// Change streams: nothing lost, nothing repeated, nobody starved.
mod watch_events;
