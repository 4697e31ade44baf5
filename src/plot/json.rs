//! Plots as JSON, for programs.

use serde_json::{Value, json};

use super::axis::Axis;
use super::lane::Lane;
use super::model::{Content, Plot};
use super::series::SeriesKind;

impl Plot {
    /// Returns the title, the axes and all numbers.
    pub fn to_json(&self) -> Value {
        let mut plot = json!({
            "title": self.title,
            "x": self.x.to_json(),
            "y": self.y.to_json(),
        });
        match &self.content {
            Content::Bars(bars) => {
                let bars = bars.iter().map(|bar| (bar.name.clone(), bar.value.into()));
                plot["bars"] = Value::Object(bars.collect());
            }
            Content::Lanes(lanes) => {
                let lanes = lanes.iter().map(Lane::to_json);
                plot["lanes"] = lanes.collect();
            }
            Content::Series(series) => {
                let series = series.iter().map(|series| {
                    let kind = match series.kind {
                        SeriesKind::Line => "line",
                        SeriesKind::Step => "step",
                        SeriesKind::Points => "points",
                    };
                    json!({ "name": series.name, "kind": kind, "points": series.points })
                });
                plot["series"] = series.collect();
            }
        }
        let bands = self.bands.iter();
        let bands =
            bands.map(|band| json!({ "label": band.label, "from": band.from, "to": band.to }));
        plot["bands"] = bands.collect();
        let limits = self.limits.iter();
        let limits = limits.map(|limit| (limit.label.clone(), limit.value.into()));
        plot["limits"] = Value::Object(limits.collect());
        json!({ "plot": plot })
    }
}

impl Lane {
    fn to_json(&self) -> Value {
        let operations = self.operations.iter().map(|operation| {
            json!({
                "label": operation.label, "from": operation.from, "to": operation.to,
                "outcome": operation.outcome.name(),
            })
        });
        json!({ "name": self.name, "operations": operations.collect::<Value>() })
    }
}

impl Axis {
    fn to_json(&self) -> Value {
        json!({ "label": self.label, "unit": self.unit, "log": self.log })
    }
}
