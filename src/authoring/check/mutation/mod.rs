//! A solution broken in small ways, each of which the exercise's check has to notice.

mod breakages;
mod declared;
mod edit;
pub mod mutant;
mod statements;
mod tokens;

pub use mutant::{Mutant, mutants};
