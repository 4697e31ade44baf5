//! What the steps of a lesson showed.

use std::sync::{Arc, Mutex, PoisonError};

use crate::api::run::event::{Event, Output};
use crate::api::run::rich_value::RichValue;
use crate::plot::Plot;
use crate::render::{Format, trace_line, warning_line};

/// One piece of a step's output.
#[derive(Clone, Debug)]
pub enum StepOutput {
    /// Printed lines.
    Text(String),
    Value(RichValue),
}

/// Keeps the output of a run.
#[derive(Clone, Default)]
pub struct OutputLog {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    step: usize,
    shown: Vec<Shown>,
}

struct Shown {
    step: usize,
    display: Option<usize>,
    output: StepOutput,
}

impl OutputLog {
    /// Returns the output for a session.
    pub fn output(&self) -> Output {
        let kept = Arc::clone(&self.kept);
        Output::new(move |event| {
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(event);
            Ok(())
        })
    }

    /// Sets the step to which the next output belongs.
    pub fn begin(&self, step: usize) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .step = step;
    }

    /// Returns the output of a step. A display is where it was first shown, with its last value.
    pub fn of_step(&self, step: usize) -> Vec<StepOutput> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = kept.shown.iter().filter(|shown| shown.step == step);
        shown.map(|shown| shown.output.clone()).collect()
    }
}

impl Kept {
    fn add(&mut self, event: Event) {
        match event {
            Event::Print(value) => match value.read_lock::<Plot>() {
                Some(plot) => self.push(None, StepOutput::Value(RichValue::Plot(plot.clone()))),
                None => self.line(&Format::Text.render(&value)),
            },
            Event::Debug { value, line } => {
                let place = line.map_or(String::new(), |line| format!(", line {line}"));
                self.line(&format!("debug{place}: {}", Format::Text.render(&value)));
            }
            // It would depend on the speed of the machine.
            Event::Waiting(_) => {}
            Event::Trace(command) => self.line(&trace_line(&command, Format::Text)),
            Event::Warning { message, line } => {
                self.line(&warning_line(&message, line, Format::Text));
            }
            Event::Display {
                id,
                value,
                is_update,
            } => {
                let output = StepOutput::Value(value);
                let mut shown = self.shown.iter_mut();
                match shown.find(|shown| is_update && shown.display == Some(id)) {
                    Some(shown) => shown.output = output,
                    None => self.push(Some(id), output),
                }
            }
        }
    }

    fn line(&mut self, line: &str) {
        let step = self.step;
        if let Some(Shown {
            step: last,
            output: StepOutput::Text(text),
            ..
        }) = self.shown.last_mut()
            && *last == step
        {
            text.push('\n');
            text.push_str(line);
            return;
        }
        self.push(None, StepOutput::Text(line.to_owned()));
    }

    fn push(&mut self, display: Option<usize>, output: StepOutput) {
        self.shown.push(Shown {
            step: self.step,
            display,
            output,
        });
    }
}
