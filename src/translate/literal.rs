//! Literals of mongosh and Python as Extended JSON.

use super::nesting::is_too_deep;
use super::problem::{Problem, Result};
use super::tree::{Expr, ExprKind, StmtKind, Unary};
use super::{javascript, python};

/// Returns a value such as `{ name: 'Ada', at: ISODate("2026-01-31") }` as Extended JSON, or `None`
/// if it is not a literal of mongosh or Python.
///
/// ```
/// use seaworthy::translate::extended_json;
///
/// assert_eq!(extended_json("{ n: NumberLong(5) }").unwrap(), r#"{"n":{"$numberLong":"5"}}"#);
/// ```
#[must_use]
pub fn extended_json(text: &str) -> Option<String> {
    if is_too_deep(text) {
        return None;
    }
    // In brackets, because a statement cannot begin with a document.
    let text = format!("({text}\n)");
    [javascript::parse, python::parse]
        .into_iter()
        .find_map(|parse| {
            let statements = parse(&text).ok()?;
            match statements.as_slice() {
                [statement] => match &statement.kind {
                    StmtKind::Expr(expr) => json(expr).ok(),
                    _ => None,
                },
                _ => None,
            }
        })
}

fn json(expr: &Expr) -> Result<String> {
    Ok(match &expr.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(text) => text.clone(),
        ExprKind::Text(text) => quoted(text),
        ExprKind::Unary {
            operator: Unary::Minus,
            of,
        } if matches!(of.kind, ExprKind::Number(_)) => format!("-{}", json(of)?),
        ExprKind::List(list) => format!("[{}]", joined(list.items.iter().map(json))?),
        ExprKind::Document(fields) => {
            let fields = fields.items.iter();
            let fields =
                fields.map(|(name, value)| Ok(format!("{}:{}", quoted(name), json(value)?)));
            format!("{{{}}}", joined(fields)?)
        }
        ExprKind::Regex { pattern, flags } => format!(
            r#"{{"$regularExpression":{{"pattern":{},"options":{}}}}}"#,
            quoted(pattern),
            quoted(flags)
        ),
        ExprKind::Call(call) => {
            let name = call.callee.as_name().unwrap_or_default();
            wrapped(name, &call.args).ok_or_else(|| not_a_literal(expr))?
        }
        _ => return Err(not_a_literal(expr)),
    })
}

/// Returns `ObjectId("…")` and the like as a wrapper of Extended JSON.
fn wrapped(name: &str, args: &[Expr]) -> Option<String> {
    let wrapper = match name {
        "ObjectId" | "ObjectID" => "$oid",
        "UUID" => "$uuid",
        "ISODate" | "Date" => "$date",
        "NumberLong" | "Long" | "Int64" => "$numberLong",
        "NumberInt" | "Int32" => "$numberInt",
        "NumberDecimal" | "Decimal128" => "$numberDecimal",
        "Timestamp" => {
            let [time, increment] = args else {
                return None;
            };
            let (time, increment) = (time.as_integer()?, increment.as_integer()?);
            return Some(format!(
                r#"{{"$timestamp":{{"t":{time},"i":{increment}}}}}"#
            ));
        }
        "MinKey" => return Some(r#"{"$minKey":1}"#.into()),
        "MaxKey" => return Some(r#"{"$maxKey":1}"#.into()),
        _ => return None,
    };
    let [value] = args else {
        return None;
    };
    let text = match &value.kind {
        ExprKind::Text(text) => text.clone(),
        ExprKind::Number(_) | ExprKind::Unary { .. } if wrapper.starts_with("$number") => {
            let text = json(value).ok()?;
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        }
        _ => return None,
    };
    let is_day = wrapper == "$date" && text.len() == 10;
    let time = if is_day { "T00:00:00Z" } else { "" };
    Some(format!(
        r#"{{"{wrapper}":{}}}"#,
        quoted(&format!("{text}{time}"))
    ))
}

fn joined(parts: impl Iterator<Item = Result<String>>) -> Result<String> {
    Ok(parts.collect::<Result<Vec<_>>>()?.join(","))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn not_a_literal(expr: &Expr) -> Problem {
    Problem::new("this is not a literal", expr.at)
}
