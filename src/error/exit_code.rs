/// The exit codes of the program.
///
/// | code | meaning |
/// |---|---|
/// | 0 | the script finished, or the reader closed the pipe |
/// | 1 | the script threw an error that nothing caught |
/// | 2 | wrong usage, or the script has a syntax error |
/// | 3 | no server could be reached or started |
/// | 124 | the time given with `--timeout` ran out |
/// | 130 | interrupted by Ctrl-C |
/// | n | the script called `exit(n)` |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitCode(pub u8);

impl ExitCode {
    pub const DONE: Self = Self(0);
    pub const THREW: Self = Self(1);
    pub const USAGE: Self = Self(2);
    pub const NO_SERVER: Self = Self(3);
    pub const TIMED_OUT: Self = Self(124);
    pub const INTERRUPTED: Self = Self(130);
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.0)
    }
}
