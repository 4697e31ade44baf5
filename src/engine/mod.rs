//! Builds a Rhai engine for a session: packages, literal syntax, limits, interrupt, modules.

pub mod catalogue;
pub mod check;
pub mod definitions;
pub mod drivers;
pub mod field_access;
pub mod field_loops;
mod globals;
pub mod glossary;
pub mod help;
pub mod language;
pub mod limits;
mod literal;
mod looked_at;
pub mod loops;
mod lost_assignment;
mod lost_change;
mod memory;
pub mod names;
pub mod resolver;
pub mod tokens;
mod try_catch;
mod wrap;

pub use crate::api::run::texts::Texts;
pub use looked_at::LookedAt;

use std::sync::LazyLock;

use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine, Module, Shared};

use crate::api::LIBRARY;
use crate::api::call::FunctionLibrary;
use crate::api::run::session::Session;

/// These functions are the same for every engine, so they are built only once.
static STANDARD: LazyLock<Shared<Module>> =
    LazyLock::new(|| StandardPackage::new().as_shared_module());
static HELP: LazyLock<Shared<Module>> = LazyLock::new(|| Shared::new(help::module()));
static NAMED: LazyLock<[(&str, Shared<Module>); 3]> =
    LazyLock::new(|| crate::api::named_modules().map(|(name, module)| (name, Shared::new(module))));

/// Builds the functions that every engine has, so that the first engine does not have to.
pub fn build_functions() {
    LazyLock::force(&LIBRARY);
    LazyLock::force(&STANDARD);
    LazyLock::force(&HELP);
    LazyLock::force(&NAMED);
}

fn add_modules(engine: &mut Engine) {
    engine.register_global_module(STANDARD.clone());
    add_own_modules(engine, &LIBRARY);
}

/// Adds the script functions that are not Rhai's.
fn add_own_modules(engine: &mut Engine, library: &FunctionLibrary) {
    engine.register_global_module(library.module.clone());
    engine.register_global_module(HELP.clone());
    for (name, module) in NAMED.iter() {
        engine.register_static_module(*name, module.clone());
    }
}

/// Returns an engine for the scripts of `session`. Each script is added to `names` before it runs.
pub fn build(session: &Session, names: &LookedAt) -> Engine {
    let mut engine = Engine::new_raw();
    add_modules(&mut engine);
    literal::register(&mut engine);
    tokens::register(&mut engine, |token, _| token);
    engine.set_default_tag(Dynamic::from(session.clone()));
    if !names.is_empty() {
        look_at(&mut engine, session, names);
    }
    limits::set(&mut engine, session);
    engine
}

/// Makes the engine look at the variables with these names before they are read. Without this, a
/// script has no globals.
pub fn look_at(engine: &mut Engine, session: &Session, names: &LookedAt) {
    globals::look_at(engine, session, names);
}

/// Returns an engine that only parses scripts.
pub fn to_parse() -> Engine {
    let mut engine = Engine::new_raw();
    add_modules(&mut engine);
    literal::register(&mut engine);
    tokens::register(&mut engine, |token, _| token);
    limits::for_reading(&mut engine);
    engine
}
