use super::slice::Slice;
use crate::plot::svg::{Anchor, Canvas, GREY, fitting, width};
use crate::plot::{Axis, Scale};
use crate::record::{ClientLabel, Fault, Nanos, Outcome, PoolSample};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 16.0;
pub(super) const TOP: f64 = 34.0;
pub(super) const ROW: f64 = 18.0;
pub(super) const GAP: f64 = 10.0;
pub(super) const POOL: f64 = 36.0;
/// A slice of fewer pixels has no name.
const NARROW: f64 = 3.0;

const OK: &str = "#2f7fc1";
const FAILED: &str = "#bf4f97";
const UNKNOWN: &str = "#d0660b";
/// Not the colour of an outcome.
const FAULT: &str = "#777777";
/// The rows of the names of faults, and their height.
const FAULT_ROWS: usize = 3;
const FAULT_ROW: f64 = 14.0;
/// The height of all these rows.
pub(super) const FAULTS: f64 = FAULT_ROWS as f64 * FAULT_ROW + 4.0;
const PRIMARY: &str = "#0f9068";
const SECONDARY: &str = "#7b6fd0";

/// The picture while it is drawn.
pub(super) struct Picture {
    canvas: Canvas,
    duration: Nanos,
    top: f64,
    bottom: f64,
    /// Where the last name of a fault ends, in each row.
    names_end: [f64; FAULT_ROWS],
}

impl Picture {
    pub(super) fn new(title: &str, description: &str, height: f64, duration: Nanos) -> Self {
        let mut canvas = Canvas::new(WIDTH, height, title, description);
        canvas.bold((12.0, 18.0), Anchor::Start, &fitting(title, WIDTH - 24.0));
        Self {
            canvas,
            duration: duration.max(1),
            top: TOP,
            bottom: height - 28.0,
            names_end: [LEFT; FAULT_ROWS],
        }
    }

    /// Draws the axis and returns the picture as one `<svg>` element.
    pub(super) fn finish(mut self) -> String {
        self.axis();
        self.canvas.finish()
    }

    /// Writes a remark below the title.
    pub(super) fn note(&mut self, text: &str) {
        self.canvas.new_line();
        self.canvas.text((12.0, 31.0), Anchor::Start, text);
    }

    fn x(&self, at: Nanos) -> f64 {
        LEFT + at.min(self.duration) as f64 / self.duration as f64 * (WIDTH - LEFT - RIGHT)
    }

    pub(super) fn label(&mut self, text: &str, base: f64) {
        let text = fitting(text, LEFT - 24.0);
        self.canvas.new_line();
        self.canvas.text((LEFT - 10.0, base), Anchor::End, &text);
    }

    pub(super) fn band(&mut self, fault: &Fault) {
        let (from, to) = (
            self.x(fault.begin),
            self.x(fault.end.unwrap_or(self.duration)),
        );
        let name = fault.name();
        self.canvas.new_line();
        let size = (to - from, self.bottom - self.top);
        self.canvas
            .rectangle((from, self.top), size, FAULT, 0.09, &name);
        // Names without room are left out; the description has all of them.
        let start = from.min(WIDTH - RIGHT - width(&name)).max(LEFT);
        if let Some(row) = self.names_end.iter().position(|end| *end <= start) {
            let base = self.top + 11.0 + row as f64 * FAULT_ROW;
            self.canvas.text((start + 2.0, base), Anchor::Start, &name);
            self.names_end[row] = start + width(&name) + 10.0;
        }
    }

    /// Draws slices. Narrow ones that succeeded and touch each other are drawn as one.
    pub(super) fn slices<'a>(
        &mut self,
        slices: impl Iterator<Item = Slice<'a>>,
        top: f64,
        height: f64,
    ) {
        let mut busy: Option<(f64, f64)> = None;
        for slice in slices {
            let (from, to) = (self.x(slice.begin), self.x(slice.end));
            if slice.outcome != Outcome::Ok || to - from > NARROW {
                self.slice(&slice, top, height);
                continue;
            }
            match &mut busy {
                Some((_, end)) if from < *end + 1.0 => *end = end.max(to),
                _ => {
                    self.busy(busy.replace((from, to)), top, height);
                }
            }
        }
        self.busy(busy, top, height);
    }

    fn busy(&mut self, stretch: Option<(f64, f64)>, top: f64, height: f64) {
        if let Some((from, to)) = stretch {
            let size = (to - from, height.max(1.0));
            self.canvas.new_line();
            self.canvas.rectangle((from, top), size, OK, 0.75, "");
        }
    }

    fn slice(&mut self, slice: &Slice, top: f64, height: f64) {
        let (from, to) = (self.x(slice.begin), self.x(slice.end));
        let (colour, opacity, dashes, letter) = match slice.outcome {
            Outcome::Ok => (OK, 0.75, "none", ""),
            Outcome::Failed => (FAILED, 0.75, "none", "F"),
            Outcome::Unknown => (UNKNOWN, 0.6, "3 2", "?"),
        };
        self.canvas.new_line();
        let size = (to - from, height.max(1.0));
        self.canvas
            .slice((from, top), size, colour, opacity, dashes, "");
        if slice.outcome == Outcome::Unknown {
            // Unknown until something settles it.
            let until = self.x(slice.settled.map_or(self.duration, |settled| settled.at));
            let size = (until - to, (height / 3.0).max(1.0));
            let corner = (to, top + height / 3.0);
            self.canvas.slice(corner, size, colour, 0.15, dashes, "");
        }
        if height >= 12.0 && to - from > 24.0 {
            let text = format!("{letter} {}", slice.name);
            let text = fitting(text.trim(), to - from - 6.0);
            self.canvas.label((from + 3.0, top + height - 4.0), &text);
        }
    }

    pub(super) fn pool(&mut self, label: &ClientLabel, samples: &[&PoolSample], top: f64) {
        self.label(&format!("pool, {}", label.shown()), top + 13.0);
        let limit = f64::from(label.max_pool_size);
        let most = samples
            .iter()
            .map(|sample| sample.in_use + sample.waiting)
            .max();
        let most = f64::from(most.unwrap_or(0));
        let is_limit_near = limit > 0.0 && limit <= 2.0 * most;
        let most = if is_limit_near { most.max(limit) } else { most };
        self.label(&format!("0 to {most:.0}"), top + 28.0);
        let scale = Axis::default().scale([0.0, most].into_iter());
        let base = top + POOL;
        for pair in samples.windows(2) {
            self.level(pair[0], self.x(pair[1].at), base, scale);
        }
        if let Some(last) = samples.last() {
            self.level(last, self.x(self.duration), base, scale);
        }
        if is_limit_near {
            let height = base - scale.place(limit) * POOL;
            let (from, to) = ((LEFT, height), (WIDTH - RIGHT, height));
            self.canvas.line(from, to, GREY, "6 4");
        }
    }

    /// Draws one sample of a pool: the connections in use, and above them the calls that wait.
    fn level(&mut self, sample: &PoolSample, to: f64, base: f64, scale: Scale) {
        let from = self.x(sample.at);
        let in_use = scale.place(f64::from(sample.in_use)) * POOL;
        let waiting = scale.place(f64::from(sample.in_use + sample.waiting)) * POOL - in_use;
        if to - from < 0.3 {
            return;
        }
        if in_use > 0.0 {
            let (corner, size) = ((from, base - in_use), (to - from, in_use));
            self.canvas.rectangle(corner, size, OK, 0.6, "");
        }
        if waiting > 0.0 {
            let (corner, size) = ((from, base - in_use - waiting), (to - from, waiting));
            self.canvas.rectangle(corner, size, UNKNOWN, 0.5, "");
        }
    }

    pub(super) fn state(&mut self, state: &str, begin: Nanos, end: Nanos, top: f64) {
        let (from, to) = (self.x(begin), self.x(end));
        let (colour, opacity, dashes) = match state {
            "primary" => (PRIMARY, 0.8, "none"),
            "secondary" => (SECONDARY, 0.5, "none"),
            "down" => (GREY, 0.1, "2 3"),
            _ => (GREY, 0.3, "none"),
        };
        self.canvas.new_line();
        let size = (to - from, ROW - 4.0);
        self.canvas
            .slice((from, top), size, colour, opacity, dashes, state);
        if to - from < 24.0 {
            return;
        }
        let (place, text) = (
            (from + 4.0, top + ROW - 7.0),
            fitting(state, to - from - 8.0),
        );
        match state {
            "down" => self.canvas.text(place, Anchor::Start, &text),
            _ => self.canvas.label(place, &text),
        }
    }

    fn axis(&mut self) {
        let (from, to) = ((LEFT, self.bottom), (WIDTH - RIGHT, self.bottom));
        self.canvas.line(from, to, GREY, "none");
        let seconds = self.duration as f64 / 1e9;
        let (scale, unit) = match seconds > 2.0 {
            true => (seconds, "s"),
            false => (seconds * 1000.0, "ms"),
        };
        for (number, text) in Axis::new("", unit).scale([0.0, scale].into_iter()).ticks(8) {
            let place = LEFT + number / scale * (WIDTH - LEFT - RIGHT);
            self.canvas.line(
                (place, self.bottom),
                (place, self.bottom + 4.0),
                GREY,
                "none",
            );
            let text = format!("{text} {unit}");
            self.canvas
                .text((place, self.bottom + 18.0), Anchor::Middle, &text);
        }
    }
}
