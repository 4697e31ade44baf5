//! Axes: from numbers to places, and the ticks between.

use super::number::short;

/// The name, the unit and the kind of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    pub label: String,
    pub unit: String,
    pub log: bool,
}

impl Axis {
    pub fn new(label: &str, unit: &str) -> Self {
        Self {
            label: label.to_owned(),
            unit: unit.to_owned(),
            log: false,
        }
    }

    /// Returns the label with the unit: `time (ms)`.
    pub fn title(&self) -> String {
        match (self.label.is_empty(), self.unit.is_empty()) {
            (_, true) => self.label.clone(),
            (true, false) => self.unit.clone(),
            (false, false) => format!("{} ({})", self.label, self.unit),
        }
    }

    pub fn name_or(&self, name: &str) -> String {
        let title = self.title();
        if title.is_empty() {
            name.to_owned()
        } else {
            title
        }
    }

    pub fn with_unit(&self, number: &str) -> String {
        if self.unit.is_empty() {
            number.to_owned()
        } else {
            format!("{number} {}", self.unit)
        }
    }

    /// Returns a scale that covers all numbers. A logarithmic one ignores numbers of 0 and less.
    pub fn scale(&self, numbers: impl Iterator<Item = f64>) -> Scale {
        let usable = numbers.filter(|number| !self.log || *number > 0.0);
        let (mut low, mut high) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |range, n| {
            (range.0.min(n), range.1.max(n))
        });
        if low > high {
            (low, high) = if self.log { (1.0, 10.0) } else { (0.0, 1.0) };
        }
        if self.log {
            low = round_below(low);
            high = round_above(high).min(f64::MAX);
            if low >= high {
                high = low * 10.0;
            }
        } else if low == high {
            (low, high) = (low.min(0.0), high.max(1.0).max(low + 1.0));
        }
        Scale {
            low,
            high,
            log: self.log,
        }
    }
}

/// The range of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    log: bool,
}

impl Scale {
    /// Returns the place of a number: 0 at the low end, 1 at the high end.
    pub fn place(self, number: f64) -> f64 {
        let place = if self.log {
            let number = number.max(self.low);
            (number / self.low).ln() / (self.high / self.low).ln()
        } else {
            // Divided first: the difference of two large numbers may overflow.
            let size = self.high / 2.0 - self.low / 2.0;
            (number / 2.0 - self.low / 2.0) / size
        };
        place.clamp(0.0, 1.0)
    }

    /// Returns round numbers inside the range, about `count` of them, with their texts.
    pub fn ticks(self, count: usize) -> Vec<(f64, String)> {
        let numbers = if self.log {
            self.powers(count)
        } else {
            self.steps(count)
        };
        numbers
            .into_iter()
            .map(|number| (number, short(number)))
            .collect()
    }

    /// Returns powers of ten, and 2 and 5 times powers of ten if there is room for them.
    fn powers(self, count: usize) -> Vec<f64> {
        let first = self.low.log10().floor() as i32;
        let last = self.high.log10().ceil() as i32;
        let decades = (last - first).max(1) as usize;
        let factors: &[f64] = if decades * 3 <= count * 2 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let step = decades.div_ceil(count.max(1)).max(1);
        let inside = self.low * 0.999..=self.high * 1.001;
        (first..=last)
            .step_by(step)
            .flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)))
            .filter(|number| inside.contains(number))
            .collect()
    }

    fn steps(self, count: usize) -> Vec<f64> {
        let rough = (self.high / 2.0 - self.low / 2.0) / count.max(1) as f64 * 2.0;
        let power = 10f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .find(|factor| factor * power >= rough * 0.999)
            .unwrap_or(10.0);
        let step = factor * power;
        let first = (self.low / step).ceil() as i64;
        (first..)
            .map(|index| index as f64 * step)
            .take_while(|number| *number <= self.high + step * 1e-9)
            .take(4 * count.max(1))
            .collect()
    }
}

/// Returns the largest number of 1, 2, 5, 10, 20, … that is not above the number.
fn round_below(number: f64) -> f64 {
    let power = 10f64.powf(number.log10().floor());
    let factors = [5.0, 2.0, 1.0].into_iter();
    let mut rounds = factors.map(|factor| factor * power);
    rounds
        .find(|round| *round / TOLERANCE <= number)
        .unwrap_or(power)
}

/// Returns the smallest number of 1, 2, 5, 10, 20, … that is not below the number.
fn round_above(number: f64) -> f64 {
    let power = 10f64.powf(number.log10().floor());
    let factors = [1.0, 2.0, 5.0].into_iter();
    let mut rounds = factors.map(|factor| factor * power);
    rounds
        .find(|round| *round * TOLERANCE >= number)
        .unwrap_or(10.0 * power)
}

/// Powers of ten are not exact.
const TOLERANCE: f64 = 1.000_001;

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: Scale) -> Vec<String> {
        scale.ticks(5).into_iter().map(|tick| tick.1).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let linear = Axis::default();
        assert_eq!(
            texts(linear.scale([0.0, 97.0].into_iter())),
            ["0", "20", "40", "60", "80"]
        );
        assert_eq!(
            texts(linear.scale([0.0, 0.5].into_iter())),
            ["0", "0.10", "0.20", "0.30", "0.40", "0.50"]
        );
        assert_eq!(
            texts(linear.scale([-3.0, 4.0].into_iter())),
            ["-2", "0", "2", "4"]
        );
    }

    #[test]
    fn a_logarithmic_axis_ends_at_round_numbers() {
        let log = Axis {
            log: true,
            ..Axis::default()
        };
        let scale = log.scale([0.0, 0.3, 420.0].into_iter());
        assert_eq!((scale.low, scale.high), (0.2, 500.0));
        assert_eq!(texts(scale), ["1", "10", "100"]);
        assert_eq!(
            texts(log.scale([9.0, 26.0].into_iter())),
            ["5", "10", "20", "50"]
        );
        assert_eq!(scale.place(-1.0), 0.0);
        let thousands = log.scale([10.0, 1000.0].into_iter());
        assert_eq!((thousands.low, thousands.high), (10.0, 1000.0));
    }

    #[test]
    fn unusual_numbers_have_a_scale() {
        for numbers in [
            vec![],
            vec![5.0],
            vec![0.0],
            vec![-7.0],
            vec![f64::MIN, f64::MAX],
        ] {
            for log in [false, true] {
                let axis = Axis {
                    log,
                    ..Axis::default()
                };
                let scale = axis.scale(numbers.iter().copied());
                assert!(scale.low < scale.high, "{scale:?}");
                assert!(scale.ticks(5).len() < 30, "{scale:?} {:?}", scale.ticks(5));
                let mut places = numbers.iter().map(|number| scale.place(*number));
                assert!(
                    places.all(|place| (0.0..=1.0).contains(&place)),
                    "{numbers:?}"
                );
            }
        }
    }
}
