//! Commands of cells, such as `:check 8`. In the script they are comments, so that the script runs.

/// The command whose code is below it. The other commands take all lines of their cell.
const ABOVE_CODE: &str = "check";

/// Returns the code of a cell as it stands in the script.
pub(super) fn in_script(source: &str) -> String {
    let Some(name) = name(source) else {
        return source.to_owned();
    };
    let comment = |line: &str| format!("// {line}");
    if name == ABOVE_CODE {
        let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
        let line_end = if source.contains('\n') { "\n" } else { "" };
        return format!("{}{line_end}{rest}", comment(first));
    }
    source
        .split('\n')
        .map(comment)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the code of a script as it stands in a cell.
pub(super) fn in_cell(body: &str) -> String {
    let uncommented = |line: &str| line.strip_prefix("// ").map(ToOwned::to_owned);
    let mut lines = body.split('\n');
    let Some(first) = lines.next().and_then(uncommented) else {
        return body.to_owned();
    };
    let rest: Option<Vec<String>> = match name(&first) {
        Some(ABOVE_CODE) => Some(lines.map(ToOwned::to_owned).collect()),
        Some(_) => lines.map(uncommented).collect(),
        None => None,
    };
    match rest {
        Some(rest) => [&[first], rest.as_slice()].concat().join("\n"),
        None => body.to_owned(),
    }
}

/// Returns the name of the command with which a cell begins.
fn name(source: &str) -> Option<&str> {
    if let Some(topic) = source.strip_prefix('?') {
        return topic.starts_with(char::is_alphanumeric).then_some("help");
    }
    let name = source
        .strip_prefix(':')?
        .split(char::is_whitespace)
        .next()?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_comments_in_a_script() {
        for (cell, script) in [
            (":check 8\nlet x = 1;\nx", "// :check 8\nlet x = 1;\nx"),
            (":check", "// :check"),
            (":time f(\n\n1)", "// :time f(\n// \n// 1)"),
            ("?find_one", "// ?find_one"),
            ("let x = 1;", "let x = 1;"),
            ("// a comment", "// a comment"),
            (":Other", ":Other"),
            ("", ""),
        ] {
            assert_eq!(in_script(cell), script, "{cell:?}");
            assert_eq!(in_cell(script), cell, "{script:?}");
        }
        assert_eq!(in_cell("// :time f(\n1)"), "// :time f(\n1)");
        assert_eq!(in_cell("// :) a smile"), "// :) a smile");
    }
}
