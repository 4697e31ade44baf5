use std::os::fd::AsFd;

/// The width of reports if there is no terminal, and the largest width on a terminal, in columns.
pub const REPORT_WIDTH: usize = 140;

/// The width of prose if there is no terminal, in columns.
pub const PROSE_WIDTH: usize = 80;

/// A terminal that is narrower does not report a usable width.
const NARROWEST: u16 = 20;

/// The size of a terminal, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

impl Size {
    /// Returns the size of the terminal behind a stream, or `None` if there is none or it is
    /// unknown.
    pub fn of(stream: impl AsFd) -> Option<Self> {
        let size = rustix::termios::tcgetwinsize(stream).ok()?;
        (size.ws_col > 0 && size.ws_row > 0).then_some(Self {
            columns: size.ws_col,
            rows: size.ws_row,
        })
    }

    pub const USUAL: Self = Self {
        columns: 80,
        rows: 24,
    };
}

/// Returns the width for text: the width of the terminal, or `otherwise` if there is none.
pub fn fitting(size: Option<Size>, otherwise: usize) -> usize {
    size.filter(|size| size.columns > NARROWEST)
        .map_or(otherwise, |size| {
            usize::from(size.columns).min(REPORT_WIDTH)
        })
}
