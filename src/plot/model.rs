use super::axis::{Axis, Scale};
use super::lane::Lane;
use super::number::short;
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
    Lanes(Vec<Lane>),
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
            Content::Bars(_) | Content::Lanes(_) => &[],
        }
    }

    pub fn lanes(&self) -> &[Lane] {
        match &self.content {
            Content::Lanes(lanes) => lanes,
            Content::Bars(_) | Content::Series(_) => &[],
        }
    }

    /// Returns the scale of the x axis: it covers all points, operations and bands.
    pub fn x_scale(&self) -> Scale {
        let points = self.series().iter().flat_map(|series| &series.points);
        let bands = self.bands.iter().flat_map(|band| [band.from, band.to]);
        let operations = self.lanes().iter().flat_map(|lane| &lane.operations);
        let operations = operations.flat_map(|operation| [operation.from, operation.to]);
        let points = points.map(|point| point.0);
        let zero = (!self.lanes().is_empty()).then_some(0.0);
        self.x
            .scale(points.chain(operations).chain(bands).chain(zero))
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
            Content::Lanes(lanes) => (
                ["task", "operation", "from (ms)", "to (ms)", "outcome"]
                    .map(str::to_owned)
                    .into(),
                lanes.iter().flat_map(rows_of_lane).collect(),
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
        let unit = |number: f64| self.y.with_unit(&short(number));
        let mut parts: Vec<String> = match &self.content {
            Content::Bars(bars) => bars
                .iter()
                .map(|bar| format!("{}: {}", bar.name, unit(bar.value)))
                .collect(),
            Content::Lanes(lanes) => lanes.iter().map(Lane::description).collect(),
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
            let (from, to) = (short(band.from), short(band.to));
            format!("{} from {from} to {}", band.label, self.x.with_unit(&to))
        }));
        parts.join("; ")
    }
}

fn rows_of_lane(lane: &Lane) -> impl Iterator<Item = Vec<String>> {
    lane.operations.iter().map(|operation| {
        vec![
            lane.name.clone(),
            operation.label.clone(),
            short(operation.from),
            short(operation.to),
            operation.outcome.name().to_owned(),
        ]
    })
}

/// Returns the number with all its digits.
fn plain(number: f64) -> String {
    format!("{number}")
}
