//! Builds a Rhai engine for a session: packages, literal syntax, limits, interrupt, modules.

mod literal;

use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine};

use crate::api::session::Session;

/// An engine whose scripts belong to `session`.
pub fn build(session: &Session) -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    engine.register_global_module(crate::api::module().into());
    for (name, module) in crate::api::named_modules() {
        engine.register_static_module(name, module.into());
    }
    literal::register(&mut engine);
    engine.set_default_tag(Dynamic::from(session.clone()));
    engine
}
