//! Mutations: small changes that break a solution. The exercise's check must notice each.

mod breakages;
mod declared;
mod edit;
pub mod mutant;
mod statements;
mod tokens;

pub use mutant::{Mutant, mutants};
