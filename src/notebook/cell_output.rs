use crate::api::run::event::Event;
use crate::api::run::rich_value::RichValue;
use crate::plot::Plot;
use crate::render::{Format, trace_line, warning_line};

/// What a cell shows, as Jupyter divides it.
pub enum CellOutput {
    /// A line for `stdout` or `stderr`.
    Line { stream: &'static str, text: String },
    /// A value. An update replaces the display with the same id.
    Display {
        id: Option<usize>,
        value: RichValue,
        is_update: bool,
    },
}

impl CellOutput {
    /// Returns what is shown for an event, if it is shown at all.
    pub fn of(event: Event) -> Option<Self> {
        let errors = |text| Self::Line {
            stream: "stderr",
            text,
        };
        Some(match event {
            Event::Print(value) => {
                let plot = value.read_lock::<Plot>().map(|plot| plot.clone());
                match plot {
                    Some(plot) => Self::Display {
                        id: None,
                        value: RichValue::Plot(plot),
                        is_update: false,
                    },
                    None => Self::Line {
                        stream: "stdout",
                        text: Format::Text.render(&value),
                    },
                }
            }
            Event::Debug { value, line: _ } => {
                errors(format!("debug: {}", Format::Text.render(&value)))
            }
            // What is waited for is only shown while it is.
            Event::Waiting(_) => return None,
            Event::Trace(command) => errors(trace_line(&command, Format::Text)),
            Event::Warning { message, line: _ } => {
                errors(warning_line(&message, None, Format::Text))
            }
            Event::Display {
                id,
                value,
                is_update,
            } => Self::Display {
                id: Some(id),
                value,
                is_update,
            },
        })
    }
}
