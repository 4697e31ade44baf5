use crate::record::Nanos;

/// Returns a length of time as people read it: `850 µs`, `12.5 ms`, `3.20 s`.
pub(super) fn shown(time: Nanos) -> String {
    let ms = time as f64 / 1e6;
    if ms < 1.0 {
        format!("{:.0} µs", ms * 1000.0)
    } else if ms < 100.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.2} s", ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_fits_the_length() {
        let shown = [850_000, 12_500_000, 523_000_000, 3_200_000_000].map(shown);
        assert_eq!(shown, ["850 µs", "12.5 ms", "523 ms", "3.20 s"]);
    }
}
