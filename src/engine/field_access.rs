//! Makes `document.field` fast.
//!
//! Rhai looks for a property first and calls the indexer only if there is none. By then it has
//! formatted an error message, which costs more than reading the field. So each name that a script
//! writes after a dot becomes a property of Document, which does the same as the indexer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{AST, ASTNode, Dynamic, Engine, Expr, ImmutableString, Module, Shared};

use crate::values::document::Document;
use crate::values::thrown::RhaiResult;

/// A prompt that runs for months sees new names all the time. Further names use the indexer.
const MAX_NAMES: usize = 1000;

/// The properties made so far for one script or one prompt. Copies share them.
#[derive(Clone, Default)]
pub struct FieldAccess {
    known: Arc<Mutex<KnownFields>>,
}

#[derive(Default)]
struct KnownFields {
    names: HashSet<ImmutableString>,
    modules: Vec<Shared<Module>>,
}

impl FieldAccess {
    /// Makes properties of the names after a dot in `ast` that are new.
    pub fn add(&self, engine: &mut Engine, ast: &AST) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut module = Module::new();
        for name in properties(ast) {
            if known.names.len() < MAX_NAMES && known.names.insert(name.clone()) {
                add_property(&mut module, &name);
            }
        }
        if !module.is_empty() {
            let module = Shared::new(module);
            known.modules.push(Shared::clone(&module));
            engine.register_global_module(module);
        }
    }

    /// Adds the properties to the engine of a task of the same script.
    pub fn register_in(&self, engine: &mut Engine) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for module in &known.modules {
            engine.register_global_module(Shared::clone(module));
        }
    }
}

fn properties(ast: &AST) -> HashSet<ImmutableString> {
    let mut names = HashSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Property(property, _))) = path.last() {
            names.insert(property.2.clone());
        }
        true
    });
    names
}

fn add_property(module: &mut Module, name: &ImmutableString) {
    let field = name.clone();
    module.set_getter_fn(
        name,
        move |document: &mut Document| -> RhaiResult<Dynamic> { Ok(document.read(&field)?) },
    );
    let field = name.clone();
    module.set_setter_fn(
        name,
        move |document: &mut Document, value: Dynamic| -> RhaiResult<()> {
            Ok(document.set(&field, value)?)
        },
    );
}
