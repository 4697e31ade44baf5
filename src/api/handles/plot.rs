//! The script type `Plot`: a picture of numbers.

use crate::api::call::methods;
use crate::plot::svg;

pub use crate::plot::Plot;

methods! { Plot, "Plot";
    /// Returns the plot as text, as `print` shows it in a terminal.
    ///
    /// ```rhai
    /// let picture = plot(#{ bars: #{ pears: 2, figs: 1 } });
    /// assert(picture.to_string().starts_with("pears  ██"));
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Returns the plot as SVG: a text that a browser shows as a picture.
    ///
    /// The picture has no style sheet and no script, and it names the numbers for people who cannot
    /// see it.
    ///
    /// ```rhai
    /// let picture = plot(#{ title: "fruit", bars: #{ pears: 2, figs: 1 } });
    /// assert(picture.svg.starts_with("<svg "));
    /// ```
    property svg(this, _call) -> "string" {
        Ok(svg::draw(this).into())
    }

    /// Returns the title.
    ///
    /// ```rhai
    /// assert_eq(plot(#{ title: "fruit", bars: #{ pears: 2 } }).title, "fruit");
    /// ```
    property title(this, _call) -> "string" {
        Ok(this.title.clone().into())
    }
}
