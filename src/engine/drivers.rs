//! The names of our options in other drivers, for `help("max_pool_size")` and the lesson player.

use std::sync::LazyLock;

const TABLE: &str = include_str!("../../scripts/drivers.md");

/// One option and its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverRow {
    pub option: &'static str,
    /// The name in a connection string; empty if there is none.
    pub connection_string: &'static str,
    /// Each driver with the name.
    names: [(&'static str, &'static str); DRIVERS.len()],
}

/// The columns of the table after the first two.
const DRIVERS: [&str; 6] = ["Node", "PyMongo", "Java", "Go", "C#", "Rust"];

impl DriverRow {
    /// Returns the name in a driver, such as `Rust`; empty if it has none.
    pub fn name_in(&self, driver: &str) -> &'static str {
        let mut names = self.names.iter();
        names
            .find(|(name, _)| *name == driver)
            .map_or("", |(_, name)| name)
    }

    /// Returns a list with one item for each driver.
    pub fn markdown(&self) -> String {
        let mut items = Vec::new();
        let all = [("connection string", self.connection_string)];
        for (driver, name) in all.iter().chain(&self.names) {
            items.push(match *name {
                "" => format!("- {driver}: it has none"),
                name => format!("- {driver}: `{name}`"),
            });
        }
        items.join("\n")
    }
}

/// Returns the whole table.
pub fn rows() -> &'static [DriverRow] {
    static ROWS: LazyLock<Vec<DriverRow>> = LazyLock::new(|| {
        let lines = TABLE.lines().filter(|line| line.starts_with("| `"));
        lines.map(read).collect()
    });
    &ROWS
}

/// Returns the row of an option.
pub fn row(option: &str) -> Option<&'static DriverRow> {
    rows().iter().find(|row| row.option == option)
}

fn read(line: &'static str) -> DriverRow {
    let mut cells = line
        .trim_matches('|')
        .split('|')
        .map(|cell| cell.trim().trim_matches('`'));
    let mut next = || cells.next().filter(|cell| *cell != "–").unwrap_or_default();
    DriverRow {
        option: next(),
        connection_string: next(),
        names: DRIVERS.map(|driver| (driver, next())),
    }
}
