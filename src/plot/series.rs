/// How the points of a series are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesKind {
    /// A line from point to point.
    Line,
    /// A line that keeps its value until the next point, such as the size of a pool.
    Step,
    /// A mark for each point.
    Points,
}

/// A named list of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub kind: SeriesKind,
    pub points: Vec<(f64, f64)>,
}
