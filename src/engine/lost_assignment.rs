//! Finds assignments in the closures of `background` and `parallel` that would be lost: a task gets
//! copies of the captured variables.

use rhai::{AST, ASTNode, Expr, FnCallExpr, FnPtr, Position, Stmt};

/// The functions that run a closure in a task.
const IN_TASKS: [&str; 2] = ["background", "parallel"];

/// An assignment that has no effect outside its closure.
pub(super) struct LostAssignment {
    pub(super) variable: String,
    pub(super) function: &'static str,
    pub(super) position: Position,
}

/// Returns the first such assignment in a script.
pub(super) fn find(ast: &AST) -> Option<LostAssignment> {
    let mut found = None;
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) =
            path.last()
        {
            found = in_call(ast, call);
        }
        found.is_none()
    });
    found
}

fn in_call(ast: &AST, call: &FnCallExpr) -> Option<LostAssignment> {
    let function = IN_TASKS.into_iter().find(|name| *name == call.name)?;
    // A function of the script, or of a module, may have the same name.
    if call.is_qualified() || ast.iter_functions().any(|own| own.name == function) {
        return None;
    }
    let (closure, captured) = capturing_closure(call.args.last()?)?;
    let mut body = ast.clone_functions_only();
    body.retain_functions(|_, _, name, _| name == closure);
    let mut own = Vec::new();
    let mut assigned = Vec::new();
    body.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Var(variable, ..))) => {
                own.push(variable.0.name.to_string());
            }
            Some(ASTNode::Stmt(Stmt::For(parts, _))) => own.push(parts.0.name.to_string()),
            Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                let position = assignment.0.position();
                assigned.extend(root(&assignment.1.lhs).map(|name| (name, position)));
            }
            _ => {}
        }
        true
    });
    let lost = assigned
        .into_iter()
        .find(|(name, _)| captured.contains(name) && !own.contains(name));
    lost.map(|(variable, position)| LostAssignment {
        variable,
        function,
        position,
    })
}

/// Returns the name of a closure's function and the variables that it captures.
fn capturing_closure(argument: &Expr) -> Option<(String, Vec<String>)> {
    let Expr::Stmt(block) = argument else {
        return None;
    };
    let curry = block
        .statements()
        .iter()
        .find_map(|statement| match statement {
            Stmt::FnCall(call, _) if call.name == "curry" => Some(call),
            Stmt::Expr(expr) => match &**expr {
                Expr::FnCall(call, _) if call.name == "curry" => Some(call),
                _ => None,
            },
            _ => None,
        })?;
    let (Expr::DynamicConstant(closure, _), captured) = curry.args.split_first()? else {
        return None;
    };
    let name = closure.read_lock::<FnPtr>()?.fn_name().to_owned();
    Some((name, captured.iter().filter_map(root).collect()))
}

/// Returns the variable that an expression such as `counts.total[0]` starts from.
fn root(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Variable(variable, ..) => Some(variable.1.to_string()),
        Expr::Dot(chain, ..) | Expr::Index(chain, ..) => root(&chain.lhs),
        _ => None,
    }
}
