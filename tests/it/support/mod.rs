//! Helpers for all tests.

mod bare_server;
mod certificates;
mod database;
mod eventually;
mod files;
pub mod fuzz;
mod home;
mod lab;
mod learner;
mod machine;
mod mirror;
pub mod password_search;
mod processes;
mod program;
mod script;
mod shared_server;
mod snapshot;
mod terminal;
mod user;

pub use bare_server::{BareServer, free_port};
pub use certificates::Certificates;
pub use database::Database;
pub use eventually::{AT_ONCE, eventually, eventually_within};
pub use files::files;
pub use home::{Home, shared_mongod};
pub use lab::Lab;
pub use learner::Learner;
pub use machine::{Machine, ProgressMessages, incoming};
pub use mirror::{Mirror, Serve, tgz};
pub use processes::{is_alive, kill_9, processes_with};
pub use program::{RunOutput, Scratch, command, eval, run_script, seaworthy};
pub use script::{Script, evaluated, shown, thrown};
pub use shared_server::SharedServer;
pub use snapshot::{shows, shows_normalised};
pub use terminal::{NOWHERE, Terminal};
pub use user::User;
