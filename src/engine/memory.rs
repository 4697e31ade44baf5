//! The memory that this program uses, and its limit.

use std::fs;

/// The largest limit. Scripts of a course do not need more.
const MAX_BYTES: u64 = 2 << 30;

/// Returns the limit: three quarters of the memory of the machine or the container, at most
/// [`MAX_BYTES`].
pub(super) fn limit() -> u64 {
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
        .fold(MAX_BYTES, u64::min)
}

/// Returns how much memory this program uses, or `None` if the system does not report it.
pub(super) fn in_use() -> Option<u64> {
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
        assert!(limit() > 64 << 20 && limit() <= MAX_BYTES);
        assert_eq!(
            total_kib("MemTotal:       8008456 kB\nMemFree: 1 kB"),
            Some(8_008_456)
        );
    }
}
