//! Plots as SVG: presentation attributes only, no style sheet and no script, so that a viewer may show it as an image.
//! The colours have enough contrast on a light and on a dark background.

mod bars;
mod canvas;
mod chart;
mod colours;
mod lanes;

pub use canvas::{Anchor, Canvas, fitting, width};
pub use colours::{GREY, SERIES, dashes};

use super::model::{Content, Plot};

/// The width of every plot, in pixels.
pub const WIDTH: f64 = 640.0;

/// The height of a letter, and about the width of one, in pixels.
pub const LETTER_HEIGHT: f64 = 12.0;
pub const LETTER_WIDTH: f64 = 6.7;

/// Returns the plot as one `<svg>` element.
pub fn draw(plot: &Plot) -> String {
    match &plot.content {
        Content::Bars(list) => bars::draw(plot, list),
        Content::Lanes(list) => lanes::draw(plot, list),
        Content::Series(_) => chart::draw(plot),
    }
}
