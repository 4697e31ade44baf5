//! Plots: what they show, and how they are drawn as text and as SVG. Knows no Rhai and no server.

mod axis;
mod json;
mod lane;
mod lanes_text;
mod model;
mod number;
mod quantiles;
mod series;
pub mod svg;
mod text;

pub use axis::{Axis, Scale};
pub use lane::{Lane, LaneOperation, LaneOutcome};
pub use model::{Band, Bar, Content, Limit, Plot};
pub use number::short;
pub use quantiles::quantile;
pub use series::{Series, SeriesKind};
