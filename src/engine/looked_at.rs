//! The names of variables that [`super::globals`] looks at when a script reads them.
//!
//! Rhai asks about every use of a variable, which costs a tenth of the time of a loop. So it asks
//! only in scripts that need it, and the answer for all other variables is quick.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

use super::field_loops;
use super::globals::NAMES;

/// A set of names that may contain more than was added, and never less. Copies share it.
#[derive(Clone, Debug, Default)]
pub struct LookedAt {
    names: Arc<Names>,
}

/// Sets of names, with one bit for each group of names.
#[derive(Debug, Default)]
struct Names {
    looked_at: AtomicU64,
    /// Variables that get a new value after their declaration.
    assigned: AtomicU64,
    /// Whether a function of the scripts uses `this`.
    has_this: AtomicBool,
}

impl LookedAt {
    /// All names, for an engine that gets scripts in other ways than by `add`.
    pub fn all() -> Self {
        let all = Self::default();
        all.names.looked_at.store(u64::MAX, Ordering::Relaxed);
        all
    }

    /// Adds the globals that a script uses, the variables that closures capture, and, if the script
    /// watches changes, those that `for` loops iterate over.
    ///
    /// A script that is imported later is added when it is read, so a script with `import` counts
    /// as one with names.
    pub fn add(&self, text: &str, ast: &AST) {
        let (mut iterated, mut watches, mut assigned, mut has_this) = (0, false, 0, false);
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
                Some(ASTNode::Stmt(Stmt::Assignment(parts))) => {
                    if let Expr::Variable(variable, ..) = &parts.1.lhs {
                        assigned |= group(&variable.1);
                    }
                }
                Some(ASTNode::Expr(Expr::ThisPtr(_))) => has_this = true,
                Some(ASTNode::Expr(Expr::MethodCall(call, _))) => watches |= call.name == "watch",
                _ => {}
            }
            true
        });
        if watches {
            groups |= iterated;
        }
        self.names.looked_at.fetch_or(groups, Ordering::Relaxed);
        self.names.assigned.fetch_or(assigned, Ordering::Relaxed);
        self.names.has_this.fetch_or(has_this, Ordering::Relaxed);
    }

    pub fn is_empty(&self) -> bool {
        self.names.looked_at.load(Ordering::Relaxed) == 0
    }

    pub(super) fn may_contain(&self, name: &str) -> bool {
        self.names.looked_at.load(Ordering::Relaxed) & group(name) != 0
    }

    /// Returns whether a variable with this name may get a new value.
    pub(super) fn may_be_assigned(&self, name: &str) -> bool {
        self.names.assigned.load(Ordering::Relaxed) & group(name) != 0
    }

    /// Returns whether a script calls functions with `this`.
    pub(super) fn has_this(&self) -> bool {
        self.names.has_this.load(Ordering::Relaxed)
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
        let assigned = names("let one = 1; let other = 2; one = 3;");
        assert!(assigned.may_be_assigned("one") && !assigned.may_be_assigned("other"));
        assert!(names("fn f() { this + 1 }").has_this() && !assigned.has_this());
    }
}
