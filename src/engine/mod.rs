//! Builds a Rhai engine for a session: packages, literal syntax, limits, interrupt, modules.

pub mod check;
pub mod limits;
mod memory;
pub mod names;
pub mod resolver;
pub mod texts;

pub use texts::Texts;

use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine};

use crate::api::session::Session;

/// An engine whose scripts belong to `session`.
pub fn build(session: &Session) -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    engine.register_global_module(crate::api::module().into());
    engine.set_default_tag(Dynamic::from(session.clone()));
    limits::set(&mut engine, session);
    engine
}
