//! `display` and `plot`: values that front ends show as tables and pictures.

use rhai::Dynamic;

use super::output::shown_result;
use super::plots;
use super::rich::rich;
use crate::api::call::methods::functions;
use crate::api::handles::display::Display;

functions! {
    /// Shows a value now, and returns a Display: its `update` shows another value in the same place.
    ///
    /// An array of Documents and a cursor become a table with at most 100 rows; the cursor is read
    /// up to there. A plot becomes a picture where the program can show one. Any other value looks
    /// as `print` shows it.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ _id: 1, type: "fig" }, #{ _id: 2, type: "pear" }]);
    /// display(db.fruit.find());
    /// let place = display("waiting");
    /// place.update("done");
    /// ```
    function display(call, value: Any) -> "Display" {
        let value = call.arg().unwrap_or(Dynamic::UNIT);
        let value = rich(call.context, &value)?;
        let id = shown_result(&call.session, call.session.display(value))?;
        Ok(Dynamic::from(Display::new(id)))
    }

    /// Returns a picture of numbers, a Plot. `print` and `display` show it; a terminal shows it as
    /// text.
    ///
    /// A Document describes the plot. `lines`, `steps` and `points` are arrays of numbers or of
    /// `[x, y]`, or a Document with such arrays and their names. `bars` is a Document with numbers.
    /// A plot may have a `title`, the names of its axes `x` and `y`, a `unit`, horizontal lines
    /// `limits`, and shaded `bands`; `x_log` and `y_log` make an axis logarithmic.
    ///
    /// Some values have a plot of their own: a pool (`plot(client.pool)`), percentiles
    /// (`plot(client.pool.wait_ms)`), an array of results of `timed`, and a History: one row for each
    /// task, with its operations as *ok*, *failed* or *unknown*, and the faults that the script made.
    /// `timeline::plot()` is the picture of the run itself.
    ///
    /// ```rhai
    /// print(plot(#{
    ///     title: "sold",
    ///     x: "day",
    ///     unit: "kg",
    ///     lines: #{ figs: [1, 5, 3, 4], pears: [2, 2, 6, 1] },
    ///     bands: [#{ from: 1, to: 2, label: "holiday" }],
    ///     limits: #{ stock: 8 },
    /// }));
    /// ```
    function plot(call, what: Any) -> "Plot" {
        let what = call.arg().unwrap_or(Dynamic::UNIT);
        Ok(Dynamic::from(plots::of_value(&what, call.session.faults())?))
    }
}
