use std::collections::HashSet;
use std::ops::Range;

use super::edit::Edit;
use super::tokens::Tokens;
use super::{breakages, declared};
use crate::script::lexer::{self, Piece};

/// A solution that is broken in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// A short description: `drop the statement`.
    pub what: String,
    /// The changed line, from 1.
    pub line: usize,
    pub before: String,
    pub after: String,
    /// The whole broken solution.
    pub text: String,
    /// The author's reason why the check need not notice it: `// any: the wait may be longer`.
    pub excuse: Option<String>,
}

impl Edit {
    pub(super) fn new(
        what: impl Into<String>,
        range: Range<usize>,
        with: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            range,
            with: with.into(),
        }
    }
}

/// Returns all mutants of `solution`, sorted by line.
///
/// Leaves out duplicates and those for which `parses` is false. A mutation that the author declared
/// replaces an equal automatic one.
pub fn mutants(solution: &str, parses: impl Fn(&str) -> bool) -> Vec<Mutant> {
    let tokens = Tokens::of(solution);
    let mut edits = declared::edits(&tokens);
    edits.extend(breakages::edits(&tokens));
    let mut seen = HashSet::from([essence(solution)]);
    let mut mutants: Vec<Mutant> = edits
        .into_iter()
        .filter_map(|edit| {
            let mutant = apply(solution, edit);
            let is_new = seen.insert(essence(&mutant.text));
            (is_new && parses(&mutant.text)).then_some(mutant)
        })
        .collect();
    mutants.sort_by_key(|mutant| mutant.line);
    mutants
}

fn apply(solution: &str, edit: Edit) -> Mutant {
    let Range { start, end } = edit.range;
    // Keep the number of lines, so that line numbers in errors stay right.
    let lost = solution[start..end].matches('\n').count();
    let kept = edit.with.matches('\n').count();
    let padding = "\n".repeat(lost.saturating_sub(kept));
    let text = format!(
        "{}{}{padding}{}",
        &solution[..start],
        edit.with,
        &solution[end..]
    );
    let line = solution[..start].matches('\n').count();
    let last = solution[..end].matches('\n').count();
    let excuse = [line, last]
        .iter()
        .find_map(|line| excuse(solution.lines().nth(*line)?));
    let nth = |text: &str| text.lines().nth(line).unwrap_or_default().trim().to_owned();
    Mutant {
        what: edit.what,
        line: line + 1,
        before: nth(solution),
        after: nth(&text),
        text,
        excuse,
    }
}

/// Returns the reason after `// any:` at the end of a line.
fn excuse(line: &str) -> Option<String> {
    let comment = lexer::lex(line)
        .into_iter()
        .find(|(piece, _)| *piece == Piece::Comment)?;
    let words = line[comment.1].trim_start_matches('/').trim();
    let reason = words.strip_prefix("any:")?.trim();
    (!reason.is_empty()).then(|| reason.to_owned())
}

/// Returns a text without white space and comments.
fn essence(text: &str) -> String {
    let mut essence = String::new();
    for (piece, range) in lexer::lex(text) {
        if !matches!(piece, Piece::Space | Piece::Comment) {
            essence.push_str(&text[range]);
            essence.push(' ');
        }
    }
    essence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(solution: &str) -> Vec<(String, usize, String)> {
        mutants(solution, |text| rhai::Engine::new().compile(text).is_ok())
            .into_iter()
            .map(|mutant| (mutant.what, mutant.line, mutant.after))
            .collect()
    }

    fn has(found: &[(String, usize, String)], what: &str, line: usize, after: &str) {
        assert!(
            found
                .iter()
                .any(|(w, l, a)| w == what && *l == line && a == after),
            "{what} at {line}: {after}\n{found:#?}"
        );
    }

    #[test]
    fn mutants_drop_and_weaken_an_index() {
        let found =
            found("fn prepare(s) {\n    s.create_index(\"truck_id\", #{ unique: true });\n}\n");
        has(&found, "drop the statement", 2, "");
        has(
            &found,
            "drop `unique`",
            2,
            "s.create_index(\"truck_id\", #{  });",
        );
        has(
            &found,
            "change `true` to `false`",
            2,
            "s.create_index(\"truck_id\", #{ unique: false });",
        );
    }

    #[test]
    fn mutants_change_conditions_numbers_kinds_and_roles() {
        let found = found(
            "try {\n    f(2500);\n} catch (err) {\n    if err.kind != errors::DuplicateKey { throw; }\n    g(#{ w: \"majority\", role: \"readWrite\" })\n}\n",
        );
        has(&found, "change `2500` to `250`", 2, "f(250);");
        has(
            &found,
            "negate the condition",
            4,
            "if !(err.kind != errors::DuplicateKey) { throw; }",
        );
        has(
            &found,
            "drop the statement",
            4,
            "if err.kind != errors::DuplicateKey {  }",
        );
        has(
            &found,
            "change `DuplicateKey` to `Network`",
            4,
            "if err.kind != errors::Network { throw; }",
        );
        has(
            &found,
            "change `\"majority\"` to `1`",
            5,
            "g(#{ w: 1, role: \"readWrite\" })",
        );
        has(
            &found,
            "change `\"readWrite\"` to `\"dbOwner\"`",
            5,
            "g(#{ w: \"majority\", role: \"dbOwner\" })",
        );
        has(&found, "drop `w`", 5, "g(#{ role: \"readWrite\" })");
    }

    #[test]
    fn a_declared_mutation_has_the_authors_name() {
        let found = found(
            "// mutation: forget the truck\nlet t = truck();\n// mutation: wait too long: `10` -> `99`\nwait(10); // any: nobody waits\n",
        );
        has(&found, "forget the truck", 2, "");
        has(&found, "wait too long", 4, "wait(99); // any: nobody waits");
        let all = mutants("wait(10); // any: nobody waits\n", |_| true);
        assert!(
            all.iter()
                .all(|mutant| mutant.excuse.as_deref() == Some("nobody waits"))
        );
    }

    #[test]
    fn mutants_differ_and_all_of_them_parse() {
        let all = mutants("let x = 1;\nif x == 1 { f(#{ a: x }); }\n", |text| {
            rhai::Engine::new().compile(text).is_ok()
        });
        let texts: HashSet<String> = all.iter().map(|mutant| essence(&mutant.text)).collect();
        assert_eq!(texts.len(), all.len());
        assert!(!all.is_empty());
        assert!(mutants("let x = 1;", |_| false).is_empty());
    }
}
