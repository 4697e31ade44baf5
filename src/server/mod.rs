//! Finding, fetching, starting and steering a real `mongod`: blocking functions that print nothing and read no environment.

// Where things lie.
mod folders;
mod lock_file;
mod private_folder;
mod server_folder;
// Which mongod.
mod find;
mod install;
mod mongod;
// One process and what is said to it.
mod admin;
mod connection_string;
mod die_with_parent;
mod failed_start;
mod initiate;
mod log_tail;
mod member;
mod secrets;
// Sets of a script.
mod owner_thread;
mod replica_set;
mod set_member;
// The private server and its owner.
mod control;
mod ephemeral;
mod guard;
mod keeper;
mod keeper_process;
mod private;
mod record;
// What callers bring along.
mod progress;
mod settings;

pub use connection_string::ConnectionString;
pub use control::{Running, Status, follow_logs, hold, logs, status, stop, uri};
pub use find::find;
pub use folders::Folders;
pub use install::{Source, install};
pub use keeper::keeper_main;
pub use log_tail::readable;
pub use member::{Member, MemberPlan};
pub use mongod::{Mongod, Origin, Version};
pub use private::{Lease, join};
pub use progress::{Event, Progress, Silent};
pub use replica_set::ReplicaSet;
pub use set_member::SetMember;
pub use settings::ServerSettings;

use crate::error::{Error, Kind};

/// An error of this room; its kind is always [`Kind::Server`].
fn trouble(message: impl Into<String>) -> Error {
    Error::new(Kind::Server, message)
}

/// Says what was being done with which path when the system refused.
fn io_trouble(doing: &str, path: &std::path::Path, cause: &std::io::Error) -> Error {
    let error = trouble(format!(
        "cannot {doing} `{}`: {}",
        path.display(),
        plain(cause)
    ));
    match cause.raw_os_error() {
        Some(libc::ENOSPC | libc::EDQUOT) => error.hint("the disk is full: free some space and try again"),
        Some(libc::EROFS) => {
            error.hint("the folder is on a read-only file system: choose another with XDG_DATA_HOME, XDG_CACHE_HOME or XDG_STATE_HOME")
        }
        Some(libc::EACCES | libc::EPERM) => {
            error.hint("you may not write there: choose a folder of your own with XDG_DATA_HOME, XDG_CACHE_HOME or XDG_STATE_HOME")
        }
        _ => error,
    }
}

/// The system's words in lower case, without Rust's `(os error 2)`.
fn plain(cause: &std::io::Error) -> String {
    let words = cause.to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
