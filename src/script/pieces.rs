use rhai::{AST, Dynamic, EvalAltResult, Expr, Scope, Stmt};

use super::failure::{Cause, Stage};
use super::outcome::Outcome;
use super::run::{Run, done};
use crate::error::ExitCode;

/// Code that is evaluated in pieces. Each piece has the variables, functions, closures and imports
/// of the earlier ones. Lessons and the prompt use it.
pub(super) struct ScriptPieces {
    pub run: Run,
    pub scope: Scope<'static>,
    /// All functions and closures so far, without statements. Rhai finds closures by name in here.
    pub functions: AST,
    /// Whether the last piece defined a function or a closure, which can run and fail later.
    pub defines: bool,
}

impl ScriptPieces {
    /// Returns code of which no piece was evaluated yet.
    pub(super) fn new(run: Run) -> Self {
        Self {
            run,
            scope: Scope::new(),
            functions: AST::empty(),
            defines: false,
        }
    }

    /// Evaluates `text`, which is at its place in the source, and passes its value to
    /// `handle_value`. The effects of a piece that fails stay.
    pub(super) fn evaluate<F>(&mut self, text: &str, handle_value: F) -> Outcome
    where
        F: FnOnce(&Run, &mut Scope<'static>, Dynamic) -> Result<Dynamic, Box<EvalAltResult>>,
    {
        self.defines = false;
        let piece = match self.run.parse(text) {
            Ok(ast) => ast,
            Err(cause) => return self.run.failed(cause, Stage::Parse, None),
        };
        self.defines = piece.iter_functions().next().is_some();
        let mut whole = self.functions.merge(&piece);
        whole.set_source(self.run.source.name());
        self.functions = whole.clone_functions_only();
        let evaluated = self
            .run
            .engine
            .eval_ast_with_scope::<Dynamic>(&mut self.scope, &whole)
            .and_then(|value| handle_value(&self.run, &mut self.scope, value));
        self.keep_imports(&whole);
        // An unreported error of a task is the error of this piece.
        match (self.run.session.run_state().take_failed_task(), evaluated) {
            (Some(error), _) => self
                .run
                .failed(Cause::Rhai(error), Stage::Run, Some(&whole)),
            (None, Ok(value)) => done(value, ExitCode::DONE),
            (None, Err(error)) => self.run.ended(error, &whole),
        }
    }

    /// Registers the imports of a piece for later pieces, because Rhai forgets them after each
    /// evaluation.
    fn keep_imports(&mut self, piece: &AST) {
        for statement in piece.statements() {
            let Stmt::Import(import, position) = statement else {
                continue;
            };
            let (Expr::StringConstant(path, _), alias) = (&import.0, &import.1) else {
                continue;
            };
            let engine = &mut self.run.engine;
            let module = engine
                .module_resolver()
                .resolve(engine, None, path, *position);
            if let (Ok(module), false) = (module, alias.name.is_empty()) {
                engine.register_static_module(alias.name.as_str(), module);
            }
        }
    }
}
