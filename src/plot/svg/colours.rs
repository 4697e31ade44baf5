/// Text, axes and grid.
pub const GREY: &str = "#777777";

/// The colours of series. People who do not see some colours can tell them apart, and each has its own dashes.
pub const SERIES: [&str; 6] = [
    "#2f7fc1", "#d0660b", "#bf4f97", "#0f9068", "#9c7a00", "#7b6fd0",
];

/// Returns the dashes of the series with this number, as `stroke-dasharray`.
pub fn dashes(series: usize) -> &'static str {
    const DASHES: [&str; 6] = ["none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2"];
    DASHES[series % DASHES.len()]
}
