//! The script type `Display`: a value that is shown and can be replaced.

use rhai::Dynamic;

use crate::api::call::methods;
use crate::api::functions::output::shown_result;
use crate::api::functions::rich::rich;

/// A place of the output that shows a value. Copies mean the same place.
#[derive(Clone, Copy, Debug)]
pub struct Display {
    id: usize,
}

impl Display {
    pub fn new(id: usize) -> Self {
        Self { id }
    }
}

methods! { Display, "Display";
    /// Shows another value in the same place.
    ///
    /// A notebook and a terminal replace what they showed, at most ten times a second, and always
    /// show the last value. A file or a pipe gets the first value, and the last one when the script
    /// ends.
    ///
    /// ```rhai
    /// let progress = display("0 of 3");
    /// for i in 1..=3 {
    ///     progress.update(`${i} of 3`);
    /// }
    /// ```
    method update(this, call, value: Any) {
        let value = call.arg().unwrap_or(Dynamic::UNIT);
        let value = rich(call.context, &value)?;
        shown_result(&call.session, call.session.update_display(this.id, value))?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description.
    ///
    /// ```rhai
    /// assert_eq(display(1).to_string(), "<display>");
    /// ```
    method to_string(_this, _call) -> "string" {
        Ok("<display>".into())
    }
}
