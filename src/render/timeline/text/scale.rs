use crate::record::Nanos;

/// Places the moments of a recording in the columns of a chart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    duration: Nanos,
    pub width: usize,
}

impl Scale {
    pub(super) fn new(duration: Nanos, width: usize) -> Self {
        Self {
            duration: duration.max(1),
            width,
        }
    }

    /// Returns the column of a moment.
    pub(super) fn column(&self, at: Nanos) -> usize {
        self.edge(at).min(self.width - 1)
    }

    /// Returns the columns of a time, at least one.
    pub(super) fn columns(&self, begin: Nanos, end: Nanos) -> std::ops::Range<usize> {
        let begin = self.column(begin);
        begin..self.edge(end).max(begin + 1)
    }

    /// Returns the column that begins at a moment, or the end of the chart.
    fn edge(&self, at: Nanos) -> usize {
        let column = u128::from(at) * self.width as u128 / u128::from(self.duration);
        usize::try_from(column)
            .unwrap_or(usize::MAX)
            .min(self.width)
    }

    /// Returns the axis: round numbers of milliseconds at their columns.
    pub(super) fn axis(&self) -> String {
        let step = self.step();
        let mut axis = String::new();
        for tick in 0.. {
            let ms = step * f64::from(tick);
            let at = self.column((ms * 1e6) as Nanos);
            let label = grouped(ms);
            if (ms * 1e6) as Nanos > self.duration || at + label.len() > self.width {
                break;
            }
            while axis.len() < at {
                axis.push(' ');
            }
            axis.push_str(&label);
        }
        axis
    }

    /// Returns the milliseconds between two ticks: 1, 2 or 5 and zeros, with room for the labels.
    fn step(&self) -> f64 {
        let room = 10.0;
        let least = self.duration as f64 / 1e6 * room / self.width as f64;
        let power = 10_f64.powf(least.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        steps
            .into_iter()
            .find(|step| *step >= least)
            .unwrap_or(least)
    }
}

/// Returns milliseconds with a comma between thousands, and decimals only below 1.
pub(super) fn grouped(ms: f64) -> String {
    if ms > 0.0 && ms < 1.0 {
        return format!("{ms:.1}");
    }
    let digits = format!("{ms:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_numbers_at_their_columns() {
        let axis = Scale::new(1_300_000_000, 60).axis();
        assert_eq!(axis, "0                      500                    1,000");
        assert_eq!(
            axis.find("500"),
            Some(Scale::new(1_300_000_000, 60).column(500_000_000))
        );
        assert!(Scale::new(1, 60).axis().starts_with('0'));
        assert_eq!(grouped(1_234_567.0), "1,234,567");
    }

    #[test]
    fn a_short_time_has_one_column() {
        let scale = Scale::new(1_000, 10);
        assert_eq!(scale.columns(0, 1), 0..1);
        assert_eq!(scale.columns(1_000, 1_000), 9..10);
        assert_eq!(scale.columns(500, 1_000), 5..10);
    }
}
