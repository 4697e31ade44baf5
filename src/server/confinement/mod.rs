//! Confinement by the operating system: `mongod` always runs confined, and this program does while
//! it runs scripts of others.
//!
//! The program runs itself again as a small launcher. The launcher restricts its own process in
//! independent layers, and then executes the confined program. `docs/security.md` describes the
//! layers.

pub mod accessible;
mod launcher;
mod layer;
pub mod layers;
#[cfg(target_os = "linux")]
mod linux;
pub mod order;
pub mod settings;
mod tcp_ports;
#[cfg(not(target_os = "linux"))]
mod unsupported;

pub use accessible::Accessible;
pub use launcher::launcher_main;
pub use layer::Layer;
pub use layers::{LayerState, Layers, layers_missing};
pub use order::LaunchOrder;
pub use settings::ConfinementSettings;
pub use tcp_ports::TcpPorts;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use unsupported as system;

/// The name of the hidden subcommand.
pub const SUBCOMMAND: &str = "launcher";
