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

/// Bulk writes on a real server, and when the server fails in the middle.
mod api_bulk_write;
mod api_bulk_write_faults;
/// Cursors and their options.
mod api_cursors;
/// Every kind of error.
mod api_errors;
/// Ctrl-C in every kind of call.
mod api_interrupt;
/// Batches that are fetched ahead.
mod api_read_ahead;
/// Sessions and transactions.
mod api_sessions;
/// `course check`.
mod author_checks;
/// `test`: snapshot tests of scripts.
mod author_tests;
/// Usage errors: files, options and connection strings that cannot be used.
mod cli_bad_input;
/// `doctor`: what a private server needs, line by line.
mod cli_doctor;
/// The exit code of every way in which a run ends.
mod cli_exit_codes;
/// Files for other programs: completions, definitions, man pages.
mod cli_generated;
/// Output, error stream, JSON and pipes.
mod cli_output;
/// Help texts, and the command line as a whole.
mod cli_usage;
/// Attacks through the server, with each layer of confinement left out in turn.
mod confined_attacks;
/// What a confined script may send, and its limits.
mod confined_commands;
/// Where a confined script may connect to, and what it may import.
mod confinement;
/// The launcher and its layers.
mod confinement_layers;
/// The greengrocer's two scripts, in two terminals.
mod course_examples;
/// Exercises: run and judged.
mod course_exercises;
/// The learner's folder and progress.
mod course_learner;
/// Lessons, played: keys typed, progress, questions, refusals.
mod course_player;
/// Exercises, run at every save.
mod course_watch;
/// Cargo.toml: unused dependencies, licences.
mod dependencies;
/// The page of commands that confined scripts may send.
mod docs_allowed_commands;
/// Every test that `docs/` names exists.
mod docs_hardening;
/// The README: its commands are accepted, its output is what the program shows.
mod docs_readme;
/// The script API: every function documented, every example run, every page up to date.
mod docs_reference;
/// Our exercises: as shipped, solved, and answered wrongly in every way we could think of.
mod exercises;
/// How the rooms of `src` lie on each other, and where the papers point.
mod file_circles;
/// Seeds that are kept, changed at random: nothing panics, nothing is lost, nobody's password is shown.
mod fuzz;
/// A course full of attacks, in every command.
mod hostile_course;
/// What each limit of time does about a server that hangs.
mod hostile_deadlines;
/// Data folders that cannot be opened or written, homes that take nothing, a cache that was changed.
mod hostile_machine;
/// Scripts and values that want to break it.
mod hostile_scripts;
/// Addresses behind which nothing or something else listens, servers that hang or have no room.
mod hostile_servers;
/// Values at the limits of BSON.
mod hostile_values;
/// What runs for long does not grow: the long runs, with small numbers.
mod long_runs;
/// The prompt in a terminal of its own: keys go in, a screen comes out.
mod prompt_completion;
mod prompt_home;
mod prompt_server;
mod prompt_typing;
/// How the rooms of `src` lie on each other, and where the papers point.
mod room_rules;
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
/// Programs and servers that are killed in any order: no process stays, no acknowledged write is lost.
mod server_crash;
/// What cannot start says why.
mod server_failed_start;
/// Fetching `mongod`: refused, cut off, twice at once, changed on its way.
mod server_install;
/// Start, share, stop.
mod server_private;
/// Sets of one, three and five members that a test controls.
mod server_replica_set;
/// Other users of the machine do not get in.
mod server_secrecy;

/// One signature for each script function: what reads it, and what it says about wrong arguments.
mod signatures;

/// Bytes of every BSON type, made by hand: there and back, damaged, and nested for ever.
mod values_bytes;
/// Everything the Rhai book documents for object maps, on a Document; the literal; errors and printing.
mod values_document;
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
/// `replica_set(…)` in scripts.
mod replica_set_api;
/// `--trace` and `client.trace`: what is shown of each command, and what never is.
mod trace;
/// Change streams: nothing is lost, nothing comes twice, every stream gets its turn.
mod watch_events;
