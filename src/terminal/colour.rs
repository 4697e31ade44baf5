use std::ffi::OsStr;

/// Returns whether a stream takes colours. `variable` looks up environment variables; an empty one
/// counts as not set.
///
/// `NO_COLOR` and `TERM=dumb` turn colours off, then `CLICOLOR_FORCE` turns them on, then
/// `CLICOLOR=0` turns them off. Otherwise only terminals take colours.
///
/// ```
/// use seaworthy::terminal::takes_colours;
///
/// assert!(takes_colours(true, |_| None));
/// assert!(!takes_colours(true, |name| (name == "NO_COLOR").then_some("1".as_ref())));
/// ```
pub fn takes_colours<'a>(is_terminal: bool, variable: impl Fn(&str) -> Option<&'a OsStr>) -> bool {
    let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
    if is_dumb || variable("NO_COLOR").is_some() {
        return false;
    }
    if variable("CLICOLOR_FORCE").is_some_and(|force| force != "0") {
        return true;
    }
    is_terminal && variable("CLICOLOR").is_none_or(|wish| wish != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let with = |is_terminal: bool, set: &[(&str, &'static str)]| {
            takes_colours(is_terminal, |name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsStr::new(*value))
            })
        };
        assert!(with(true, &[("TERM", "xterm")]) && !with(false, &[]));
        assert!(
            with(false, &[("CLICOLOR_FORCE", "1")]) && !with(false, &[("CLICOLOR_FORCE", "0")])
        );
        assert!(!with(true, &[("CLICOLOR", "0")]) && with(true, &[("CLICOLOR", "1")]));
        assert!(!with(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(!with(true, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]));
    }
}
