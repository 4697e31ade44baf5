//! The integration tests are one binary, so that it is linked once. The program itself starts the
//! real servers that they use.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may panic and print; clippy.toml covers only the code inside a test function"
)]

/// Helpers: folders, processes, waiting, running the program, comparing its output.
mod support;

/// Functions for administrators, tailable cursors.
mod api_admin;
/// Bulk writes, also with a server that fails in the middle.
mod api_bulk_write;
mod api_bulk_write_faults;
/// Cursors and their options.
mod api_cursors;
/// Every kind of error.
mod api_errors;
/// Ctrl-C in every kind of call.
mod api_interrupt;
/// Read-ahead of batches.
mod api_read_ahead;
/// Sessions and transactions.
mod api_sessions;
/// `course check`.
mod author_checks;
/// `test`: snapshot tests of scripts.
mod author_tests;
/// Usage errors: files, options and connection strings that cannot be used.
mod cli_bad_input;
/// `doctor`: checks what a private server needs.
mod cli_doctor;
/// All exit codes.
mod cli_exit_codes;
/// Generated files: completions, definitions, man pages.
mod cli_generated;
/// stdout, stderr, JSON and pipes.
mod cli_output;
/// Help texts and usage errors.
mod cli_usage;
/// Attacks through the server, also without each single layer of confinement.
mod confined_attacks;
/// Commands that a confined script may send, and its limits.
mod confined_commands;
/// Servers and files that a confined script can reach.
mod confinement;
/// The launcher and its layers.
mod confinement_layers;
/// What a course teaches and uses, the pages of the language, and the glossary.
mod course_concepts;
/// The two warehouse scripts, in two terminals.
mod course_examples;
/// Exercises: runs and verdicts.
mod course_exercises;
/// The lesson player: keys, widths, the editor.
mod course_keys;
/// The learner's folder and progress.
mod course_learner;
/// The lesson player: input, progress, questions, errors.
mod course_player;
/// `review` and `progress`.
mod course_review;
/// The solutions in PyMongo and for Node.js.
mod course_translations;
/// A walk through the whole course at a terminal.
mod course_walk;
/// `exercise watch`: runs an exercise at every save.
mod course_watch;
/// Cargo.toml: unused dependencies, licences.
mod dependencies;
/// The page of allowed commands is up to date.
mod docs_allowed_commands;
/// The tables of the course are up to date.
mod docs_course;
/// Every test that `docs/` names exists.
mod docs_hardening;
/// The pictures of timelines are up to date.
mod docs_pictures;
/// Commands and output in the README and in `docs/` are correct.
mod docs_readme;
/// The script API: every function is documented, every example runs, every page is up to date.
mod docs_reference;
/// The built-in exercises: as shipped, solved, and with typical mistakes.
mod exercises;
/// Dependency cycles between source files are small.
mod file_cycles;
/// Fuzzing: nothing panics, no data is lost, no password is shown.
mod fuzz;
/// GridFS: files in a database.
mod gridfs;
/// Histories: the checkers, and `history()` in scripts.
mod history_api;
mod history_registers;
mod history_sets;
mod history_streams;
/// A course full of attacks, with every command.
mod hostile_course;
/// Each timeout, with a server that hangs.
mod hostile_deadlines;
/// Unusable data folders and homes, and a changed cache.
mod hostile_machine;
/// Scripts that try to break the program.
mod hostile_scripts;
/// Addresses without a MongoDB server; servers that hang or have no disk space.
mod hostile_servers;
/// Values at the limits of BSON.
mod hostile_values;
/// The Jupyter kernel.
mod kernel;
/// Whole notebooks in the Jupyter kernel, also in JupyterLab.
mod kernel_notebooks;
/// `--host`, `--username` and the question for a password.
mod login;
/// Long runs do not use more and more memory (the long benchmarks, with small numbers).
mod long_runs;
/// The network between the members of a set, broken link by link.
mod network_faults;
/// Scripts as Jupyter notebooks, and back.
mod notebooks;
/// The prompt in a pseudo-terminal: keys in, screen out.
mod pages;
mod prompt_completion;
mod prompt_home;
mod prompt_server;
mod prompt_typing;
/// The rules of the rooms of `src`, and the links in the documentation.
mod room_rules;
/// A set of five, TLS, read preferences.
mod scale;
/// How errors of scripts are shown.
mod script_caught;
mod script_errors;
mod script_hints;
mod script_imports;
/// What expressions and blocks return.
mod script_values;
/// The search for passwords in everything that the tests wrote.
mod secrets;

/// Lessons can run again; the acceptance scripts run if they are present.
mod scripts;
/// MongoDB's own archives, from a faulty mirror.
mod server_archives;
/// `seaworthy server …`, as functions.
mod server_command;
/// Killed programs and servers: no process stays, no acknowledged write is lost.
mod server_crash;
/// A failed start names its cause.
mod server_failed_start;
/// Downloads of `mongod`: refused, truncated, parallel, changed.
mod server_install;
/// Starting, sharing and stopping the private server.
mod server_private;
/// Replica sets that a test controls.
mod server_replica_set;
/// Other users of the machine have no access.
mod server_secrecy;
/// Waits for a server are shown; the first contact does not wait in vain.
mod server_waits;

/// Requirements of the driver specifications.
mod specification;

/// The language against plain Rhai.
mod plain_rhai;

/// The signature of each script function, and the errors for wrong arguments.
mod signatures;

/// Hand-made bytes of every BSON type: written and read, damaged, deeply nested.
mod values_bytes;
/// A Document can do what the Rhai book documents for object maps; literals, errors, printing.
mod values_document;
/// Integers, floats and decimals; the constructors of all types.
mod values_numbers;
/// `random::*`: seeds, ranges, errors.
mod values_random;
/// Any BSON is kept as bytes, as source text and as Extended JSON.
mod values_roundtrip;
/// `set(…)`.
mod values_set;
/// `assert…`, `eventually`, `sleep`, `timed`.
mod values_waiting;

/// Fail points.
mod fail_points;
/// `for (name, value) in document`.
mod field_loops;
/// The picture in the README.
mod readme_recording;
/// `replica_set(…)` in scripts.
mod replica_set_api;
mod rich_values;
/// `--trace` and `client.trace`.
mod tcp;
/// `--timeline`: recordings and their files.
mod timeline;
/// `seaworthy timeline` and what names it.
mod timeline_command;
/// The lines of commands in loops and imported modules.
mod timeline_loops;
mod timeline_page;
/// `:timeline` at the prompt.
mod timeline_prompt;
/// No form of a timeline has secrets.
mod timeline_secrets;
mod trace;
mod transfer;
/// Translations of mongosh and PyMongo.
mod translations;
/// Change streams: no event is lost or repeated.
mod watch_events;
