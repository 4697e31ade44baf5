use super::axis::{Axis, Scale};
use super::series::Series;

/// A picture of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub content: Content,
    /// Stretches of the x axis that are shaded, such as the time of a fault.
    pub bands: Vec<Band>,
    /// Horizontal lines, such as the maximum size of a pool.
    pub limits: Vec<Limit>,
}

/// What a plot shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Bars(Vec<Bar>),
    Series(Vec<Series>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub name: String,
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub label: String,
    pub from: f64,
    pub to: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    pub label: String,
    pub value: f64,
}

impl Plot {
    pub fn series(&self) -> &[Series] {
        match &self.content {
            Content::Series(series) => series,
            Content::Bars(_) => &[],
        }
    }

    /// Returns the scale of the x axis: it covers all points and bands.
    pub fn x_scale(&self) -> Scale {
        let points = self.series().iter().flat_map(|series| &series.points);
        let bands = self.bands.iter().flat_map(|band| [band.from, band.to]);
        self.x.scale(points.map(|point| point.0).chain(bands))
    }

    /// Returns the scale of the y axis: it covers all points and limits, and 0 if it is linear.
    pub fn y_scale(&self) -> Scale {
        let points = self.series().iter().flat_map(|series| &series.points);
        let limits = self.limits.iter().map(|limit| limit.value);
        let zero = (!self.y.log).then_some(0.0);
        self.y
            .scale(points.map(|point| point.1).chain(limits).chain(zero))
    }

    /// Returns the numbers as a table: a head and rows of equal length.
    pub fn numbers(&self) -> (Vec<String>, Vec<Vec<String>>) {
        match &self.content {
            Content::Bars(bars) => (
                vec![self.x.name_or("name"), self.y.name_or("value")],
                bars.iter()
                    .map(|bar| vec![bar.name.clone(), plain(bar.value)])
                    .collect(),
            ),
            Content::Series(series) => (
                vec!["series".into(), self.x.name_or("x"), self.y.name_or("y")],
                series
                    .iter()
                    .flat_map(|series| {
                        series
                            .points
                            .iter()
                            .map(|point| vec![series.name.clone(), plain(point.0), plain(point.1)])
                    })
                    .collect(),
            ),
        }
    }

    /// Returns the plot in one sentence or a few, for people who cannot see it.
    pub fn description(&self) -> String {
        let unit = |number: f64| self.y.with_unit(&super::number::short(number));
        let mut parts: Vec<String> = match &self.content {
            Content::Bars(bars) => bars
                .iter()
                .map(|bar| format!("{}: {}", bar.name, unit(bar.value)))
                .collect(),
            Content::Series(series) => series
                .iter()
                .map(|series| {
                    let values = series.points.iter().map(|point| point.1);
                    let low = values.clone().fold(f64::INFINITY, f64::min);
                    let high = values.fold(f64::NEG_INFINITY, f64::max);
                    let count = series.points.len();
                    if count == 0 {
                        return format!("{}: no points", series.name);
                    }
                    let name = &series.name;
                    format!("{name}: {count} points, {} to {}", unit(low), unit(high))
                })
                .collect(),
        };
        let limits = self.limits.iter();
        parts.extend(limits.map(|limit| format!("{}: {}", limit.label, unit(limit.value))));
        parts.extend(self.bands.iter().map(|band| {
            let (from, to) = (
                super::number::short(band.from),
                super::number::short(band.to),
            );
            format!("{} from {from} to {}", band.label, self.x.with_unit(&to))
        }));
        parts.join("; ")
    }
}

/// Returns the number with all its digits.
fn plain(number: f64) -> String {
    format!("{number}")
}
