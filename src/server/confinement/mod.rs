//! What a program may reach that the system confines: a `mongod` always, seaworthy itself while it runs scripts of others.
//!
//! The program executes itself once more as a small launcher. The launcher restricts its own process, in layers that do not
//! depend on each other, and then executes the program that is to be confined. `docs/security.md` says what each layer
//! promises.

pub mod accessible;
mod launcher;
mod layer;
pub mod layers;
#[cfg(target_os = "linux")]
mod linux;
pub mod order;
pub mod settings;
#[cfg(not(target_os = "linux"))]
mod unsupported;

pub use accessible::Accessible;
pub use launcher::launcher_main;
pub use layer::Layer;
pub use layers::{LayerState, Layers, layers_missing};
pub use order::LaunchOrder;
pub use settings::ConfinementSettings;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use unsupported as system;

/// The name of the hidden subcommand.
pub const SUBCOMMAND: &str = "launcher";
