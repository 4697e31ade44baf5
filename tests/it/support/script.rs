use std::sync::{Arc, Mutex};

use rhai::{Dynamic, Engine, EvalAltResult, Scope};
use seaworthy::api::run::event::{Event, Output};
use seaworthy::api::run::run_limits::RunLimits;
use seaworthy::api::run::session::Session;
use seaworthy::api::run::session_options::{ServerSource, SessionOptions, no_sets};
use seaworthy::error::Error;
use seaworthy::mongo::Interrupt;
use seaworthy::render::{Format, warning_line};
use seaworthy::values::show;

use super::password_search;

/// An engine without a server, with the output and the interrupt of its scripts.
pub struct Script {
    pub engine: Engine,
    pub interrupt: Interrupt,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Script {
    pub fn new() -> Self {
        let printed: Arc<Mutex<Vec<String>>> = Arc::default();
        let sink = printed.clone();
        let interrupt = Interrupt::new(None);
        let session = Session::new(SessionOptions {
            args: Vec::new(),
            seed: Some(1),
            output: Output::new(move |event| write(&sink, &event)),
            interrupt: interrupt.clone(),
            server: ServerSource::none(),
            database: None,
            confined: false,
            limits: RunLimits::NONE,
            trace: false,
            recorder: None,
            start_set: no_sets(),
            explain: seaworthy::diagnose::explain_caught,
        });
        Self {
            engine: seaworthy::engine::build(&session, &seaworthy::engine::LookedAt::all()),
            interrupt,
            printed,
        }
    }

    /// Returns the value of a script, or its error.
    pub fn eval(&self, script: &str) -> Result<Dynamic, Box<EvalAltResult>> {
        let ast = seaworthy::engine::field_loops::compile(&self.engine, script)?;
        self.engine.eval_ast(&ast)
    }

    /// Returns the value of a script with one variable.
    pub fn eval_with(&self, name: &str, value: Dynamic, script: &str) -> Dynamic {
        let mut scope = Scope::new();
        scope.push_dynamic(name, value);
        let result = self.engine.eval_with_scope(&mut scope, script);
        result.unwrap_or_else(|error| panic!("{script}\n{}", describe(&error)))
    }

    /// Returns what was printed since the last call.
    pub fn printed(&self) -> Vec<String> {
        std::mem::take(&mut self.printed.lock().unwrap())
    }
}

fn write(sink: &Mutex<Vec<String>>, event: &Event) -> std::io::Result<()> {
    let text = match event {
        // It depends on the speed of the machine.
        Event::Waiting(_) => return Ok(()),
        Event::Trace(command) => seaworthy::render::trace_line(command, Format::Text),
        Event::Print(value) => Format::Text.render(value),
        Event::Warning { message, line } => warning_line(message, *line, Format::Text),
        Event::Display { value, .. } => Format::Text.display(value, 80),
        Event::Debug { value, line } => format!("line {line:?}: {}", show::source(value)),
    };
    if text == "to nobody" {
        return Err(std::io::ErrorKind::BrokenPipe.into());
    }
    password_search::printed(text.as_bytes());
    sink.lock().unwrap().push(text);
    Ok(())
}

/// Returns the value of a script, which must not throw.
pub fn evaluated(script: &str) -> Dynamic {
    let result = Script::new().eval(script);
    result.unwrap_or_else(|error| panic!("{script}\n{}", describe(&error)))
}

/// Returns the value of a script as source text.
pub fn shown(script: &str) -> String {
    show::source(&evaluated(script))
}

/// Returns the error of a script as `Kind: message`, or Rhai's text.
pub fn thrown(script: &str) -> String {
    match Script::new().eval(script) {
        Ok(value) => panic!("{script}\nreturned {}", show::source(&value)),
        Err(error) => describe(&error),
    }
}

fn describe(error: &EvalAltResult) -> String {
    if let EvalAltResult::ErrorRuntime(value, _) = error.unwrap_inner()
        && let Some(error) = value.read_lock::<Error>()
    {
        return format!("{}: {}", error.kind(), error.message());
    }
    error.to_string()
}
