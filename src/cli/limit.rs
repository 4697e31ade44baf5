use std::str::FromStr;
use std::time::Duration;

/// One `--limit NAME=VALUE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The size of all servers' data in bytes.
    Data(u64),
    /// The memory of the program in bytes.
    Memory(u64),
    /// The number of concurrent tasks.
    Tasks(usize),
    /// The duration of a run.
    Time(Duration),
    /// The size of the output in bytes.
    Output(u64),
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = "`data`, `memory`, `tasks`, `time` or `output`";
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("expected NAME=VALUE, where NAME is {names}"))?;
        match name {
            "data" => bytes(value).map(Self::Data),
            "memory" => bytes(value).map(Self::Memory),
            "output" => bytes(value).map(Self::Output),
            "tasks" => number(value).map(Self::Tasks),
            "time" => number(value).map(|seconds| Self::Time(Duration::from_secs(seconds))),
            _ => Err(format!("unknown limit `{name}`; the limits are {names}")),
        }
    }
}

/// Parses a size: `1000`, `64MiB`, `10 MB`.
fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 6] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ];
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(unit));
    let (digits, factor) = unit.map_or((text, 1), |(unit, factor)| {
        (text.trim_end_matches(unit).trim_end(), *factor)
    });
    let count: u64 = number(digits)?;
    count
        .checked_mul(factor)
        .ok_or_else(|| format!("`{text}` is too large"))
}

fn number<T: FromStr + PartialEq + From<u8>>(text: &str) -> Result<T, String> {
    text.parse()
        .ok()
        .filter(|number| *number != T::from(0))
        .ok_or_else(|| {
            format!("`{text}` is not a whole number above 0; sizes may end in KiB, MiB, GiB, KB, MB or GB")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_parsed() {
        let read = |text: &str| text.parse::<Limit>();
        assert_eq!(read("data=1GiB"), Ok(Limit::Data(1 << 30)));
        assert_eq!(read("output=10 MB"), Ok(Limit::Output(10_000_000)));
        assert_eq!(read("tasks=7"), Ok(Limit::Tasks(7)));
        assert_eq!(read("time=90"), Ok(Limit::Time(Duration::from_secs(90))));
        for wrong in [
            "data",
            "data=",
            "data=-1",
            "data=0",
            "walls=7",
            "tasks=1MB",
            "data=99999999999GiB",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("walls=7").unwrap_err().contains("`output`"));
    }
}
