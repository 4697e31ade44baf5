//! The names of variables that [`super::globals`] looks at when a script reads them.
//!
//! Rhai asks about every use of a variable, which costs a tenth of the time of a loop. So it asks
//! only in scripts that need it, and the answer for all other variables is quick.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use super::field_loops;
use super::globals::NAMES;

/// A set of names that may contain more than was added, and never less. Copies share it.
#[derive(Clone, Debug, Default)]
pub struct LookedAt {
    /// One bit for each group of names.
    groups: Arc<AtomicU64>,
}

impl LookedAt {
    /// All names, for an engine that gets scripts in other ways than by `add`.
    pub fn all() -> Self {
        Self {
            groups: Arc::new(AtomicU64::new(u64::MAX)),
        }
    }

    /// Adds the globals that a script uses, the variables that closures capture, and, if the script
    /// watches changes, those that `for` loops iterate over.
    ///
    /// A script that is imported later is added when it is read, so a script with `import` counts
    /// as one with names.
    pub fn add(&self, text: &str, ast: &AST) {
        let (mut iterated, mut watches) = (0, false);
        let globals = NAMES.iter().filter(|name| text.contains(**name));
        let mut groups = globals.fold(0, |groups, name| groups | group(name));
        ast.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Share(captured))) => {
                    for (name, ..) in captured.iter() {
                        groups |= group(&name.name);
                    }
                }
                Some(ASTNode::Stmt(Stmt::Import(..))) => groups |= group("import"),
                Some(ASTNode::Stmt(Stmt::For(parts, _))) => {
                    let expression = field_loops::inner(&parts.2.expr);
                    if let Expr::Variable(variable, ..) = expression {
                        iterated |= group(&variable.1);
                    }
                    // The variables of such a loop are set when a variable is read.
                    if parts.1.is_some() {
                        groups |= group("for");
                    }
                }
                Some(
                    ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)),
                ) if runs_text(call) => groups = u64::MAX,
                Some(ASTNode::Expr(Expr::MethodCall(call, _))) => watches |= call.name == "watch",
                _ => {}
            }
            true
        });
        if watches {
            groups |= iterated;
        }
        self.groups.fetch_or(groups, Ordering::Relaxed);
    }

    pub fn is_empty(&self) -> bool {
        self.groups.load(Ordering::Relaxed) == 0
    }

    pub(super) fn may_contain(&self, name: &str) -> bool {
        self.groups.load(Ordering::Relaxed) & group(name) != 0
    }
}

/// The text that `eval` runs is not known before the run.
fn runs_text(call: &FnCallExpr) -> bool {
    call.name == "eval"
}

fn group(name: &str) -> u64 {
    let byte = |byte: Option<&u8>| byte.copied().map_or(0, u32::from);
    let bytes = name.as_bytes();
    let mixed = byte(bytes.first()) + 7 * byte(bytes.last()) + 31 * (bytes.len() as u32);
    1 << (mixed % u64::BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_and_iterated_variables_are_found() {
        let names = |script: &str| {
            let names = LookedAt::default();
            names.add(script, &rhai::Engine::new().compile(script).unwrap());
            names
        };
        assert!(names("let sum = 0; sum += 1; let f = |x| x + 1;").is_empty());
        assert!(names("fn f() { db.stats() }").may_contain("db"));
        assert!(!names("import \"other\" as other;").is_empty());
        assert!(names("let sum = 0; let f = |x| x + sum;").may_contain("sum"));
        assert!(names("fn f() { let sum = 0; || { || sum } }").may_contain("sum"));
        assert!(names("let all = []; for one in all { }").is_empty());
        let watching = names("let all = [db.watch()]; let one = all[0]; for change in one { }");
        assert!(watching.may_contain("one") && !watching.may_contain("all"));
        assert!(names(r#"eval("1")"#).may_contain("anything"));
    }
}
