use std::sync::Arc;
use std::thread;
use std::time::Instant;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};

use super::connect_early::connect_early;
use super::failure::{Cause, Failure, Origin, Stage};
use super::outcome::Outcome;
use super::source::Source;
use super::source::read_script;
use crate::api::functions::output::ending_of;
use crate::api::handles::cursor::Cursor;
use crate::api::handles::sequence::Sequence;
use crate::api::run::event::Event;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::engine::field_access::FieldAccess;
use crate::engine::limits::{STACK_BYTES, Watcher};
use crate::engine::loops::record_loops;
use crate::engine::names::Names;
use crate::engine::resolver::FolderResolver;
use crate::engine::{self, LookedAt, Texts, check, field_loops};
use crate::error::{Error, ExitCode, Kind};
use crate::mongo::StopReason;

/// What happens to the value of a script's last expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastValue {
    /// It is ignored.
    Dropped,
    /// It is printed, except `()`. A cursor and a sequence print their values.
    Shown,
    /// It is the value of the outcome.
    Kept,
}

/// Runs `source` on a new engine of `session`, on a thread with enough stack.
pub fn run(source: &Source, session: &Session, last: LastValue) -> Outcome {
    let started = Instant::now();
    session.begin();
    let watcher = Watcher::start(session);
    let ended = thread::scope(|scope| {
        // Values are printed and dropped on this thread too, because deeply nested ones need stack.
        let running = thread::Builder::new()
            .name("script".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || {
                Run::new(source, session, LookedAt::default()).execute(last)
            });
        connect_early(session, source.text());
        running.ok().and_then(|thread| thread.join().ok())
    });
    drop(watcher);
    let mut outcome = ended.unwrap_or_else(|| thread_failed(source));
    outcome.duration = started.elapsed();
    outcome
}

/// One run, with the data that is needed to explain its end.
pub(super) struct Run {
    pub source: Source,
    pub session: Session,
    pub texts: Texts,
    pub engine: Engine,
    fields: FieldAccess,
    names: LookedAt,
}

impl Run {
    pub(super) fn new(source: &Source, session: &Session, names: LookedAt) -> Self {
        let texts = Texts::recorded(session.recorder());
        texts.insert(source.name(), source.text());
        session.set_texts(&texts);
        session.set_folder(source.folder());
        let folder = source.folder().to_owned();
        let path = source.path().map(ToOwned::to_owned);
        let known = texts.clone();
        let fields = FieldAccess::default();
        let own = fields.clone();
        let read = names.clone();
        let make = move |session: &Session| {
            let mut engine = engine::build(session, &read);
            let resolver = FolderResolver::new(
                &folder,
                path.as_deref(),
                known.clone(),
                read.clone(),
                read_script,
            )
            .closed(path.is_none() && session.is_confined());
            engine.set_module_resolver(resolver);
            own.register_in(&mut engine);
            engine
        };
        let engine = make(session);
        // Tasks import from the same folder as their script.
        session.tasks().set_engines(Arc::new(make));
        Self {
            source: source.clone(),
            session: session.clone(),
            texts,
            engine,
            fields,
            names,
        }
    }

    fn execute(&mut self, last: LastValue) -> Outcome {
        let text = Arc::clone(self.source.text());
        let ast = match self.parse(&text) {
            Ok(ast) => ast,
            Err(cause) => return self.failed(cause, Stage::Parse, None),
        };
        let mut scope = Scope::new();
        let evaluated = self
            .engine
            .eval_ast_with_scope::<Dynamic>(&mut scope, &ast)
            .and_then(|value| self.handle_value(value, last));
        self.session.clean_up();
        // An unreported error of a task is the error of the script.
        match self.session.run_state().take_failed_task() {
            Some(error) => self.failed(Cause::Rhai(error), Stage::Run, Some(&ast)),
            None => match evaluated {
                Ok(value) => done(value, ExitCode::DONE),
                Err(error) => self.ended(error, &ast),
            },
        }
    }

    /// Parses `text`: the source, or a part of it at its place in the source.
    pub(super) fn parse(&mut self, text: &str) -> Result<AST, Cause> {
        let mut ast = field_loops::compile(&self.engine, text)
            .map_err(|error| Cause::Rhai(EvalAltResult::ErrorParsing(*error.0, error.1).into()))?;
        ast.set_source(self.source.name());
        check::check(&ast, self.source.name()).map_err(Cause::Error)?;
        if let Some(recorder) = self.session.recorder() {
            record_loops(&ast, self.source.name(), recorder);
        }
        self.fields.add(&mut self.engine, &ast);
        let looks = !self.names.is_empty();
        self.names.add(text, &ast);
        if !looks && !self.names.is_empty() {
            engine::look_at(&mut self.engine, &self.session, &self.names);
        }
        Ok(ast)
    }

    pub(super) fn handle_value(
        &self,
        value: Dynamic,
        last: LastValue,
    ) -> Result<Dynamic, Box<EvalAltResult>> {
        match last {
            LastValue::Kept => return Ok(value),
            LastValue::Shown if value.is::<Cursor>() => {
                for document in value.cast::<Cursor>() {
                    self.show(Dynamic::from(document?))?;
                }
            }
            LastValue::Shown if value.is::<Sequence>() => {
                for value in value.cast::<Sequence>() {
                    self.show(value?)?;
                }
            }
            LastValue::Shown if !value.is_unit() => self.show(value)?,
            LastValue::Shown | LastValue::Dropped => {}
        }
        Ok(Dynamic::UNIT)
    }

    fn show(&self, value: Dynamic) -> Result<(), Box<EvalAltResult>> {
        let shown = self.session.emit(Event::Print(value));
        shown.map_err(|error| self.session.end(ending_of(&error)))
    }

    /// Returns the outcome of a script that was ended by an error.
    pub(super) fn ended(&self, error: Box<EvalAltResult>, ast: &AST) -> Outcome {
        // If the run was interrupted, the error of the interrupted call does not matter.
        let Some(ending) = self.session.ending() else {
            return self.failed(Cause::Rhai(error), Stage::Run, Some(ast));
        };
        let exit = match ending {
            Termination::Exit(code) => return done(Dynamic::UNIT, code),
            Termination::ClosedPipe
            | Termination::Stopped(StopReason::Ended | StopReason::TaskFailed) => {
                return done(Dynamic::UNIT, ExitCode::DONE);
            }
            Termination::Stopped(StopReason::TimedOut) => ExitCode::TIMED_OUT,
            Termination::Stopped(StopReason::Interrupted) => ExitCode::INTERRUPTED,
            Termination::OutputFailed(_)
            | Termination::OutOfMemory { .. }
            | Termination::LimitExceeded(_) => ExitCode::THREW,
        };
        let position = error.position();
        let error = EvalAltResult::ErrorTerminated(Dynamic::from(ending), position);
        let failed = self.failed(Cause::Rhai(error.into()), Stage::Run, Some(ast));
        Outcome { exit, ..failed }
    }

    pub(super) fn failed(&self, cause: Cause, stage: Stage, ast: Option<&AST>) -> Outcome {
        let failure = Failure {
            cause,
            stage,
            origin: Origin {
                source: self.source.name().to_owned(),
                texts: self.texts.clone(),
                names: Names::of(ast),
            },
        };
        let exit = match () {
            () if failure.is_syntax() => ExitCode::USAGE,
            () if self.lacks_a_server(&failure) => ExitCode::NO_SERVER,
            () => ExitCode::THREW,
        };
        Outcome {
            failure: Some(failure),
            ..done(Dynamic::UNIT, exit)
        }
    }

    /// Returns whether the script failed because no server answered.
    fn lacks_a_server(&self, failure: &Failure) -> bool {
        !self.session.has_reached_a_server()
            && failure.error().is_some_and(|error| {
                matches!(
                    error.kind(),
                    Kind::Server | Kind::ServerSelectionTimeout | Kind::Network | Kind::PoolCleared
                )
            })
    }
}

pub(super) fn done(value: Dynamic, exit: ExitCode) -> Outcome {
    Outcome {
        value,
        failure: None,
        exit,
        duration: std::time::Duration::ZERO,
    }
}

/// Returns the outcome if the thread did not start or panicked, which is a bug of this program.
pub(super) fn thread_failed(source: &Source) -> Outcome {
    let texts = Texts::default();
    texts.insert(source.name(), source.text());
    let error = Error::new(Kind::Server, "the thread of the script ended unexpectedly")
        .hint("this is a bug in seaworthy: please report it, with the script");
    Outcome {
        failure: Some(Failure {
            cause: Cause::Error(error),
            stage: Stage::Run,
            origin: Origin {
                source: source.name().to_owned(),
                texts,
                names: Names::default(),
            },
        }),
        ..done(Dynamic::UNIT, ExitCode::THREW)
    }
}
