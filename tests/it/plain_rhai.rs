use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, ParseErrorType};
use seaworthy::error::Error;
use seaworthy::values::document::Document;

use crate::support::Script;
use crate::support::fuzz::fuzz;

/// Scripts that use only Rhai's own language have the value or the error that they have in Rhai.
/// `docs/rhai.md` lists the intended differences, which the generator avoids.
#[test]
fn generated_scripts_have_the_same_result_as_in_plain_rhai() {
    fuzz("plain_rhai", scripts, || {
        let plain = plain();
        let own = Script::new();
        move |script: String| {
            let result = plain.eval(&script);
            if result.as_ref().is_err_and(|error| is_wrong_index(error)) {
                return Ok(());
            }
            let expected = outcome(result);
            prop_assert_eq!(outcome(own.eval(&script)), expected, "{}", script);
            Ok(())
        }
    });
}

/// The rows of `docs/rhai.md`: the script, the value in plain Rhai, the value here.
#[test]
fn the_listed_differences_are_the_differences() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rhai.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row
            .split(" | ")
            .map(|cell| cell.trim_matches(['|', ' ', '`']))
            .collect();
        let [script, there, here, _] = cells[..] else {
            panic!("a row has four cells: {row}");
        };
        assert_eq!(outcome(plain().eval(script)), there, "plain Rhai: {script}");
        assert_eq!(outcome(Script::new().eval(script)), here, "here: {script}");
        rows += 1; //
    }
    assert!(rows > 5, "{rows} rows");
}

/// The functions of arrays that this program has instead of Rhai's, which are slower.
#[test]
fn functions_of_arrays_have_the_same_results_as_in_plain_rhai() {
    let closures = [
        "|x| x > 2",
        "|x, i| x > 2 && i < 4",
        "|| this > 2",
        "|| { this += 1; this > 2 }",
        "|x| x",
        "|x| 1 / (x - 3)",
        "|x, i| throw i",
        "|a, b, c| a",
        "|x| x > least",
        "Fn(\"above_two\")",
        "Fn(\"is_odd\")",
    ];
    for function in ["map", "filter", "find", "some", "all", "drain", "retain"] {
        for closure in closures {
            let script = format!(
                "fn above_two(x) {{ x > 2 }} let least = 1; let a = [1, 2, 3, 4, 5, 6];
                 let result = a.{function}({closure}); [result, a, [].{function}({closure})]"
            );
            let expected = outcome(plain().eval(&script));
            assert_eq!(outcome(Script::new().eval(&script)), expected, "{script}");
        }
    }
}

/// Plain Rhai checks the index of a literal map before the run: a row of `docs/rhai.md`.
fn is_wrong_index(error: &EvalAltResult) -> bool {
    let malformed = |kind: &ParseErrorType| matches!(kind, ParseErrorType::MalformedIndexExpr(_));
    matches!(error, EvalAltResult::ErrorParsing(kind, _) if malformed(kind))
}

fn plain() -> Engine {
    let mut engine = Engine::new();
    engine.set_max_expr_depths(0, 0).set_max_call_levels(64);
    engine.on_print(|_| {});
    engine
}

/// Returns the value as text, or what was thrown. The other errors have texts of this program, so
/// it only matters that there is one.
fn outcome(result: Result<Dynamic, Box<EvalAltResult>>) -> String {
    match result {
        Ok(value) => canonical(&value),
        Err(error) => match error.unwrap_inner() {
            EvalAltResult::ErrorRuntime(value, _) if !value.is::<Error>() => {
                format!("throws {}", canonical(value))
            }
            _ => "an error".to_owned(),
        },
    }
}

/// Writes a value so that a Document and a map with the same fields are equal.
fn canonical(value: &Dynamic) -> String {
    let list = |items: Vec<String>| items.join(", ");
    let field = |name: &str, value: &Dynamic| format!("{name}: {}", canonical(value));
    if let Some(array) = value.read_lock::<Array>() {
        return format!("[{}]", list(array.iter().map(canonical).collect()));
    }
    if let Some(map) = value.read_lock::<Map>() {
        let fields = map.iter().map(|(name, value)| field(name, value));
        return format!("#{{{}}}", list(fields.collect()));
    }
    if let Some(document) = value.read_lock::<Document>() {
        let fields = document.entries().unwrap();
        let fields = fields.iter().map(|(name, value)| field(name, value));
        let mut fields: Vec<String> = fields.collect();
        fields.sort();
        return format!("#{{{}}}", list(fields));
    }
    if value.is_fnptr() {
        return "a function".to_owned();
    }
    match value.as_float() {
        Ok(number) => format!("{number:?}"),
        Err(_) => format!("{value:?}"),
    }
}

fn scripts() -> impl Strategy<Value = String> {
    (
        any_value(),
        any_value(),
        vec(statement(), 1..6),
        any_value(),
    )
        .prop_map(|(first, second, statements, last)| {
            let statements = statements.join("\n");
            format!(
                "fn f(x) {{ {VARIABLES} if x == 0 {{ return 1; }} {first} }}\n\
                 fn g(x, y) {{ {VARIABLES} [x, y, {second}] }}\n\
                 {VARIABLES}\n{statements}\n[a, b, c, l, m, {last}]"
            )
        })
}

const VARIABLES: &str = "let a = 7; let b = -2.5; let c = \"text\"; let l = [1, 2.5, \"x\"]; let m = #{ p: 1, q: \"y\" };";

/// A generator of expressions.
type Expression = BoxedStrategy<String>;

fn one_of(texts: &[&'static str]) -> Expression {
    select(texts.to_vec()).prop_map(String::from).boxed()
}

/// Combines two expressions: `@` and `%` in the form stand for them.
fn two(form: &'static str, left: Expression, right: Expression) -> Expression {
    let fill = move |(left, right): (String, String)| {
        form.split('@')
            .map(|part| part.replace('%', &right))
            .collect::<Vec<_>>()
            .join(&left)
    };
    (left, right).prop_map(fill).boxed()
}

fn numbers(depth: u32) -> Expression {
    let leaf = prop_oneof![
        (-5..100_i64).prop_map(|number| format!("({number})")),
        one_of(&[
            "0.5", "2.0", "1e3", "(-0.25)", "a", "b", "l.len()", "c.len()", "m.len()", "f(0)"
        ]),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = numbers(depth - 1);
    let operator = one_of(&["+", "-", "*", "/", "**", "&", "|", "^", "<<"]);
    prop_oneof![
        2 => leaf,
        4 => (inner.clone(), operator, inner.clone()).prop_map(|(x, op, y)| format!("({x} {op} {y})")),
        1 => (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x} % {y})")),
        1 => two("(-@).abs()", inner.clone(), inner.clone()),
        1 => two("if @ { 3 } else { % }", flags(depth - 1), inner.clone()),
        1 => two("switch @ { 1 | 2 => %, 7 if a == 7 => 5, 3..9 => 6, _ => 8 }", inner.clone(), inner.clone()),
        1 => two("{ let a = @; a + % }", inner.clone(), inner.clone()),
        1 => two("(|x| x * %).call(@)", inner.clone(), inner),
    ]
    .boxed()
}

fn texts(depth: u32) -> Expression {
    let leaf = one_of(&["\"\"", "\"ab\"", "\"é\"", "`t`", "c"]);
    if depth == 0 {
        return leaf;
    }
    let (inner, number) = (texts(depth - 1), numbers(depth - 1));
    prop_oneof![
        2 => leaf,
        2 => two("(@ + %)", inner.clone(), inner.clone()),
        2 => two("(@ + %)", inner.clone(), number.clone()),
        2 => two("`<${@}${%}>`", number.clone(), inner.clone()),
        1 => two("@.sub_string(%)", inner.clone(), number),
        1 => two("if @ { % } else { \"no\" }", flags(depth - 1), inner),
    ]
    .boxed()
}

fn flags(depth: u32) -> Expression {
    let leaf = one_of(&["true", "false", "a == 7", "l.is_empty()"]);
    if depth == 0 {
        return leaf;
    }
    let (inner, number, value) = (flags(depth - 1), numbers(depth - 1), any_of(depth - 1));
    prop_oneof![
        1 => leaf,
        2 => (number.clone(), one_of(&["<", "<=", ">", ">=", "==", "!="]), number)
            .prop_map(|(x, op, y)| format!("({x} {op} {y})")),
        1 => two("(@ == %)", value.clone(), value.clone()),
        1 => two("(@ in [1, %, \"ab\"])", value.clone(), value.clone()),
        1 => two("l.some(|x| x == %)", inner.clone(), value),
        2 => two("(@ && %)", inner.clone(), inner.clone()),
        2 => two("(@ || !%)", inner.clone(), inner),
    ]
    .boxed()
}

/// Expressions of every type, some of them wrong.
fn any_of(depth: u32) -> Expression {
    let leaf = prop_oneof![
        one_of(&["a", "b", "c", "l", "m", "()", "'c'", "1..3"]),
        numbers(0),
        texts(0)
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = any_of(depth - 1);
    prop_oneof![
        1 => leaf,
        2 => numbers(depth),
        1 => texts(depth),
        1 => flags(depth),
        2 => two("[@, %]", inner.clone(), inner.clone()),
        2 => two("#{ p: @, r: % }", inner.clone(), inner.clone()),
        1 => two("@[%]", inner.clone(), inner.clone()),
        1 => two("(@ - %)", inner.clone(), inner.clone()),
        1 => two("(@ < %)", inner.clone(), inner.clone()),
        1 => two("(@ ?? %)", inner.clone(), inner.clone()),
        1 => two("g(@, %)", inner.clone(), inner.clone()),
        1 => two("@.p", inner.clone(), inner.clone()),
        1 => two("@?.zz", inner.clone(), inner.clone()),
        1 => two("if @ { % }", flags(depth - 1), inner.clone()),
        1 => two("l.map(|x| [x, %])", inner.clone(), inner.clone()),
        1 => two("l.filter(|x| x != %)", inner.clone(), inner.clone()),
        1 => two("l.reduce(|sum, x| [sum, x], @)", inner.clone(), inner.clone()),
        3 => (inner, one_of(CALLS)).prop_map(|(value, call)| format!("{value}.{call}")),
    ]
    .boxed()
}

fn any_value() -> Expression {
    any_of(3)
}

/// Calls of Rhai's own functions that change nothing.
const CALLS: &[&str] = &[
    "len()",
    "is_empty()",
    "contains(\"p\")",
    "keys().len()",
    "values()",
    "map(|x| [x, x])",
    "all(|x| x != ())",
    "index_of(1)",
    "find(|x| x == 1)",
    "find_map(|x| x)",
    "extract(1)",
    "extract(0, 2)",
    "sub_string(1)",
    "index_of(\"b\")",
    "to_upper()",
    "split(\"\")",
    "chars().len()",
    "starts_with(\"a\")",
    "abs()",
    "sign()",
    "is_zero()",
    "to_float()",
    "to_int()",
    "floor()",
    "is_odd()",
    "call(1)",
    "get(\"p\")",
    "get(0)",
];

/// Calls of Rhai's own functions that change their value.
const CHANGES: &[&str] = &[
    "push(1)",
    "pop()",
    "shift()",
    "insert(0, 2)",
    "remove(0)",
    "remove(\"p\")",
    "reverse()",
    "clear()",
    "truncate(1)",
    "dedup()",
    "retain(|x| x != 1)",
    "drain(|x| x == 1)",
    "pad(4, 0)",
    "splice(0, 1, [5])",
    "set(\"p\", 3)",
    "set(0, 3)",
    "mixin(#{ s: 2 })",
    "fill_with(#{ s: 3 })",
    "trim()",
    "make_upper()",
    "replace(\"t\", \"u\")",
    "crop(1)",
    "append([1])",
    "sort(|x, y| 0)",
];

fn statement() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        two("a = @; b += %;", numbers(2), numbers(2)),
        two("b *= @; a -= %;", numbers(2), numbers(1)),
        two("c = @; c += %;", texts(2), texts(1)),
        two("l = [@, %];", any_of(2), any_of(2)),
        two("m = #{ p: @, r: % };", any_of(2), any_of(2)),
        two("l[@] = %;", numbers(1), any_of(2)),
        two("m.p = @; m[\"r\"] = %;", any_of(2), any_of(1)),
        two("if @ { throw %; }", flags(2), any_of(2)),
        two("if @ { return %; }", flags(2), any_of(2)),
        two("let a = @; let l = [%];", numbers(2), any_of(2)),
        (one_of(&["a", "c", "l", "m"]), one_of(CHANGES))
            .prop_map(|(name, change)| format!("{name}.{change};")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let block = vec(inner, 1..4)
            .prop_map(|statements| statements.join(" "))
            .boxed();
        prop_oneof![
            (flags(2), block.clone(), block.clone())
                .prop_map(|(test, yes, no)| format!("if {test} {{ {yes} }} else {{ {no} }}")),
            (0..4_i64, block.clone())
                .prop_map(|(end, body)| format!("for i in 0..{end} {{ {body} }}")),
            block.clone().prop_map(|body| format!(
                "for (item, at) in [3, \"z\", 1.5] {{ {body} if at == 1 {{ break; }} }}"
            )),
            block.clone().prop_map(|body| format!(
                "let n = 0; while n < 3 {{ n += 1; if n == 2 {{ continue; }} {body} }}"
            )),
            block
                .clone()
                .prop_map(|body| format!("let n = 0; do {{ n += 1; {body} }} until n > 2;")),
            (block.clone(), block)
                .prop_map(|(body, handler)| format!("try {{ {body} }} catch {{ {handler} }};")),
        ]
    })
}
