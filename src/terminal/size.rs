use std::os::fd::AsFd;

/// The width of reports on streams that are not terminals, and the largest on those that are, in columns.
pub const REPORT_WIDTH: usize = 140;

/// The width of prose on streams that are not terminals, in columns.
pub const PROSE_WIDTH: usize = 80;

/// What is narrower than this is not the width of a window that a person reads.
const NARROWEST: u16 = 20;

/// How large a terminal is, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

impl Size {
    /// Returns the size of the terminal behind a stream; `None` if there is none, or it does not say.
    pub fn of(stream: impl AsFd) -> Option<Self> {
        let size = rustix::termios::tcgetwinsize(stream).ok()?;
        (size.ws_col > 0 && size.ws_row > 0).then_some(Self {
            columns: size.ws_col,
            rows: size.ws_row,
        })
    }

    /// The usual window.
    pub const USUAL: Self = Self {
        columns: 80,
        rows: 24,
    };
}

/// Returns the width that text has to fit into: that of the terminal, and `otherwise` where there is none.
pub fn fitting(size: Option<Size>, otherwise: usize) -> usize {
    size.filter(|size| size.columns > NARROWEST)
        .map_or(otherwise, |size| {
            usize::from(size.columns).min(REPORT_WIDTH)
        })
}
