//! How much memory this program holds, and how much it may.

use std::fs;

/// No script of a course needs more, however large the machine is.
const MOST: u64 = 2 << 30;

/// What a program may hold: three quarters of the machine or of the container, and never more than [`MOST`].
pub fn limit() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| total_kib(&text))
        .map(|kib| kib * 1024);
    let container = fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| text.trim().parse().ok());
    [machine, container]
        .into_iter()
        .flatten()
        .map(|bytes: u64| bytes / 4 * 3)
        .fold(MOST, u64::min)
}

/// What this program holds now, or `None` where the system does not say.
pub fn in_use() -> Option<u64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

fn total_kib(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_use_and_limit_are_read() {
        assert!(in_use().is_some_and(|bytes| bytes > 1 << 20));
        assert!(limit() > 64 << 20 && limit() <= MOST);
        assert_eq!(
            total_kib("MemTotal:       8008456 kB\nMemFree: 1 kB"),
            Some(8_008_456)
        );
    }
}
