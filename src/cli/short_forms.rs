//! `seaworthy FILE.rhai` and `seaworthy URI`.

use std::ffi::OsString;

/// Returns the arguments with what a user of mongosh leaves out: `--uri` before a connection
/// string, and `run` before a script.
pub(super) fn expand(mut args: Vec<OsString>) -> Vec<OsString> {
    let mut place = 1;
    let text = |args: &[OsString], place: usize| {
        let arg = args.get(place).and_then(|arg| arg.to_str());
        arg.unwrap_or_default().to_owned()
    };
    let first = text(&args, place);
    if first.starts_with("mongodb://") || first.starts_with("mongodb+srv://") {
        args.insert(place, "--uri".into());
        place += 2;
    }
    if text(&args, place).ends_with(".rhai") {
        args.insert(place, "run".into());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings_and_scripts_get_their_option_and_subcommand() {
        for (typed, meant) in [
            ("p a.rhai --seed 1", "p run a.rhai --seed 1"),
            ("p mongodb://h/d", "p --uri mongodb://h/d"),
            ("p mongodb://h a.rhai", "p --uri mongodb://h run a.rhai"),
            ("p mongodb+srv://h eval 1", "p --uri mongodb+srv://h eval 1"),
            ("p run a.rhai", "p run a.rhai"),
            ("p eval a.rhai", "p eval a.rhai"),
            ("p", "p"),
        ] {
            let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
            assert_eq!(expand(words(typed)), words(meant), "{typed}");
        }
    }
}
