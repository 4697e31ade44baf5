//! The script types that represent something on a server or in the run, one file for each.

pub mod bucket;
pub mod change_stream;
pub mod client;
pub mod client_admin;
pub mod client_session;
pub mod collection;
pub mod cursor;
pub mod database;
pub mod database_admin;
pub mod database_gridfs;
pub mod database_users;
pub mod display;
pub mod fail_point;
pub mod history;
pub mod key_spec;
pub mod link;
pub mod member;
mod network;
pub mod plot;
pub mod pool;
mod recorded_loop;
pub mod replica_set;
pub mod sequence;
mod server_thread;
pub mod stored_file;
pub mod task;
