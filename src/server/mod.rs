//! Finds, downloads, starts and controls a real `mongod`. The functions block, print nothing and do
//! not read the environment.

// Folders and locks.
mod folders;
mod lock_file;
mod private_folder;
mod server_folder;
// Finding and installing `mongod`.
mod find;
mod install;
mod mongod;
// One process and its commands.
mod admin;
pub mod confinement;
mod connection_string;
mod die_with_parent;
mod failed_start;
mod initiate;
mod log_tail;
mod member;
mod member_options;
mod secrets;
mod tcp_port;
// Replica sets of scripts, and their network.
mod network;
mod owner_thread;
mod replica_set;
mod rollback_files;
mod set_member;
// The private server and its keeper.
mod control;
mod ephemeral;
mod guard;
mod keeper;
mod keeper_process;
mod private;
mod record;
// `seaworthy doctor`.
mod doctor;
// Settings, progress and errors.
mod errors;
mod progress;
mod settings;
// Folders of confined runs.
mod work_folders;

pub use control::{Running, Status, follow_logs, hold, logs, size_of, status, stop, tcp_uri, uri};
pub use die_with_parent::die_with_parent;
pub use doctor::{CheckResult, CheckStatus, examine};
pub use find::find;
pub use folders::Folders;
pub use install::{Archive, ArchiveSource, Archives, install};
pub use keeper::keeper_main;
pub use log_tail::readable;
pub use member::{Member, MemberPlan};
pub use member_options::MemberOptions;
pub use mongod::{Mongod, Origin, Version};
pub use network::{
    Direction, Effect, Endpoint, FaultOrder, LinkCounts, SetNetwork, UnusedFault, both_ways,
    partition,
};
pub use private::{Lease, join};
pub use progress::{Progress, Silent, StartEvent};
pub use replica_set::{ReplicaSet, SetOptions};
pub use rollback_files::RollbackFile;
pub use set_member::SetMember;
pub use settings::ServerSettings;
pub use work_folders::WorkFolders;

use errors::plain;
