//! The picture of a connection pool, from its events.

use crate::api::handles::pool::Pool;
use crate::mongo::PoolEvent;
use crate::plot::{Axis, Content, Limit, Plot, Series, SeriesKind};

/// Returns the connections that were open, in use and waited for, over the time of the last events.
pub(super) fn plot(pool: &Pool) -> Plot {
    let events = pool.events();
    let mut open = Curve::new("open");
    let mut in_use = Curve::new("in use");
    let mut waiting = Curve::new("calls waiting");
    let start = events.first().map_or(0.0, milliseconds);
    for event in &events {
        let at = milliseconds(event) - start;
        match event.kind {
            "ConnectionCreated" => open.add(at, 1.0),
            "ConnectionClosed" => open.add(at, -1.0),
            "ConnectionCheckOutStarted" => waiting.add(at, 1.0),
            "ConnectionCheckOutFailed" => waiting.add(at, -1.0),
            "ConnectionCheckedOut" => {
                waiting.add(at, -1.0);
                in_use.add(at, 1.0);
            }
            "ConnectionCheckedIn" => in_use.add(at, -1.0),
            _ => {}
        }
    }
    let end = events.last().map_or(0.0, milliseconds) - start;
    let limit = (pool.max() > 0).then(|| Limit {
        label: "maximum".to_owned(),
        value: f64::from(pool.max()),
    });
    Plot {
        title: "connection pool".to_owned(),
        x: Axis::new("time", "ms"),
        y: Axis::new("connections", ""),
        content: Content::Series([open, in_use, waiting].map(|curve| curve.ended(end)).into()),
        bands: Vec::new(),
        // A limit far above the curve would make the curve flat.
        limits: limit
            .into_iter()
            .filter(|limit| limit.value <= 4.0 * most(&events))
            .collect(),
    }
}

fn milliseconds(event: &PoolEvent) -> f64 {
    event.at.as_secs_f64() * 1000.0
}

/// Returns about the largest number of connections: each has its own id.
fn most(events: &[PoolEvent]) -> f64 {
    let created = events
        .iter()
        .filter(|event| event.kind == "ConnectionCreated")
        .count();
    created.max(1) as f64
}

/// A number that changes with events. Older events may be lost, so it starts at what keeps it at 0
/// or more.
struct Curve {
    name: &'static str,
    now: f64,
    points: Vec<(f64, f64)>,
}

impl Curve {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            now: 0.0,
            points: vec![(0.0, 0.0)],
        }
    }

    fn add(&mut self, at: f64, change: f64) {
        self.now += change;
        self.points.push((at, self.now));
    }

    fn ended(mut self, end: f64) -> Series {
        self.points.push((end, self.now));
        let lowest = self.points.iter().map(|point| point.1).fold(0.0, f64::min);
        for point in &mut self.points {
            point.1 -= lowest;
        }
        Series {
            name: self.name.to_owned(),
            kind: SeriesKind::Step,
            points: self.points,
        }
    }
}
