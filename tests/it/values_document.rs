use bson::rawdoc;
use bytes::Bytes;
use rhai::Dynamic;
use seaworthy::values::document::Document;
use seaworthy::values::show;

use crate::support::{Script, evaluated, shown, thrown};

/// A document as the server sends it.
fn raw() -> Dynamic {
    let raw = rawdoc! {
        "b": 1, "a": 5_i64, "s": { "x": 1.5, "list": [1, 2_i64, { "n": 3_i64 }] }, "t": ["x"], "tag": "blue",
    };
    Dynamic::from(Document::from_bytes(Bytes::from(raw.into_bytes())).unwrap())
}

/// The same document as a literal.
const LITERAL: &str = r#"#{ b: 1, a: Int64(5), s: #{ x: 1.5, list: [1, Int64(2), #{ n: Int64(3) }] }, t: ["x"], tag: "blue" }"#;

/// Runs the script with `d` from a literal and with `d` from bytes. Both results must be equal.
fn both(script: &str) -> String {
    let engine = Script::new();
    let made = format!("let d = {LITERAL}; {script}");
    let made = engine.eval_with("unused", Dynamic::UNIT, &made);
    let came = engine.eval_with("d", raw(), script);
    let (made, came) = (show::source(&made), show::source(&came));
    assert_eq!(made, came, "{script}");
    made
}

#[test]
fn reading() {
    assert_eq!(both("d"), LITERAL);
    assert_eq!(
        both("[d.b, d[\"a\"], d.missing, d.s.x, d.s.list[2].n, d.tag, d?.s?.y?.z, d.nope ?? 7]"),
        r#"[1, Int64(5), (), 1.5, Int64(3), "blue", (), 7]"#
    );
    assert_eq!(
        both(r#"["a" in d, "z" in d, "z" !in d, d.contains("t"), d.get("b"), d.get("z")]"#),
        "[true, false, true, true, 1, ()]"
    );
    assert_eq!(
        both("[d.len(), d.is_empty(), d.keys(), d.values().len()]"),
        r#"[5, false, ["b", "a", "s", "t", "tag"], 5]"#
    );
    assert_eq!(
        both(
            "let out = []; for k in d.keys() { out.push(k); } for v in d.values() { out.push(type_of(v)); } out"
        ),
        r#"["b", "a", "s", "t", "tag", "i64", "i64", "Document", "array", "string"]"#
    );
    assert_eq!(both("type_of(d)"), "\"Document\"");
    assert_eq!(
        both(
            "d.to_json() == `{\"b\":1,\"a\":5,\"s\":{\"x\":1.5,\"list\":[1,2,{\"n\":3}]},\"t\":[\"x\"],\"tag\":\"blue\"}`"
        ),
        "true"
    );
}

#[test]
fn writing() {
    assert_eq!(
        both("d.s.y = 1; d.s.list[2].n += 1; d.t.push(\"y\"); d.s.list[0] -= 5; d"),
        r#"#{ b: 1, a: Int64(5), s: #{ x: 1.5, list: [-4, Int64(2), #{ n: Int64(4) }], y: 1 }, t: ["x", "y"], tag: "blue" }"#
    );
    assert_eq!(
        both(
            "d.tag = \"red\"; d[\"b\"] = (); d.n = #{}; d.n.m = 1; d.remove(\"s\"); d.remove(\"zz\"); d"
        ),
        r#"#{ b: (), a: Int64(5), t: ["x"], tag: "red", n: #{ m: 1 } }"#
    );
    assert_eq!(
        both("d.set(\"a\", 1); [d.remove(\"a\"), d.len()]"),
        "[Int64(1), 4]"
    );
    assert_eq!(both("d.clear(); d"), "#{}");
    assert_eq!(both("let e = d; e.b = 2; [d.b, e.b]"), "[1, 2]");
}

#[test]
fn integers_keep_their_width() {
    assert_eq!(
        both("d.s[\"list\"][1] = 9; d.s.list"),
        "[1, Int64(9), #{ n: Int64(3) }]"
    );
    assert_eq!(
        both("d.tag += \"ish\"; d.b *= 3; d.a = d.a + 1; [d.tag, d.b, d.a]"),
        "[\"blueish\", 3, Int64(6)]"
    );
    assert_eq!(
        both("d.a = Int32(1); d.s.list = [7, 8]; [d.a, d.s.list]"),
        "[1, [7, Int64(8)]]"
    );
}

#[test]
fn merging() {
    let small = "let d = d.filter(|k, v| k in [\"b\", \"tag\"]);";
    assert_eq!(
        both(&format!(
            "{small} d.mixin(#{{ b: 2, z: 1 }}); d += #{{ y: 0 }}; d"
        )),
        r#"#{ b: 2, tag: "blue", z: 1, y: 0 }"#
    );
    assert_eq!(
        both(&format!("{small} [d + #{{ b: 9 }}, #{{ b: 9 }} + d]")),
        r#"[#{ b: 9, tag: "blue" }, #{ b: 1, tag: "blue" }]"#
    );
    assert_eq!(
        both(&format!("{small} d.fill_with(#{{ b: 9, q: 1 }}); d")),
        r#"#{ b: 1, tag: "blue", q: 1 }"#
    );
    assert_eq!(
        shown(
            "let m = #{ f: |x| x }; m += #{ a: 1 }; let n = #{ b: 1 } + m; m.remove(\"f\"); n.remove(\"f\"); [m, n, type_of(n)]"
        ),
        r#"[#{ a: 1 }, #{ b: 1, a: 1 }, "Document"]"#
    );
}

#[test]
fn comparing() {
    assert_eq!(
        both(
            "[d == d, d != d, d == #{}, d == 5, d != (), #{} == #{}, #{ a: 1 } == #{ a: 1.0 }, #{ a: 1 } == #{ a: 2 }]"
        ),
        "[true, false, false, false, true, true, true, false]"
    );
    assert_eq!(
        both(
            "[[d].contains(d), [1, d].index_of(d), [#{ a: [1, #{}] }] == [#{ a: [1.0, #{}] }], d in [d]]"
        ),
        "[true, 1, true, true]"
    );
    assert_eq!(
        both(
            "[same_bytes(d, d), same_bytes(#{ a: 1 }, #{ a: Int64(1) }), same_bytes(#{a: 1, b: 2}, #{b: 2, a: 1})]"
        ),
        "[true, false, false]"
    );
    assert_eq!(
        shown(
            "let m = #{ f: |x| x }; m.remove(\"f\"); m.a = 1; [m == #{ a: 1.0 }, #{ a: 1 } == m, m != #{ a: 1 }, type_of(m)]"
        ),
        r#"[true, true, false, "map"]"#
    );
}

#[test]
fn closures() {
    let small = "let d = d.filter(|k, v| k in [\"b\", \"a\"]);";
    assert_eq!(
        both(&format!(
            "{small} [d.map(|k, v| v + 1), d.map(|k| k + this)]"
        )),
        r#"[#{ b: 2, a: 6 }, #{ b: "b1", a: "a5" }]"#
    );
    assert_eq!(
        both(&format!(
            "{small} [d.filter(|k| this > 1), d.drain(|k, v| v == 1), d]"
        )),
        "[#{ a: Int64(5) }, #{ b: 1 }, #{ a: Int64(5) }]"
    );
    assert_eq!(
        both(&format!("{small} [d.retain(|k, v| k == \"a\"), d]")),
        "[#{ b: 1 }, #{ a: Int64(5) }]"
    );
    assert!(thrown("#{ a: 1 }.map(|k, v| nonsense)").contains("nonsense"));
    assert_eq!(
        thrown("let d = #{ a: 1 }; d.drain(|k, v| ObjectId(\"x\"))"),
        "InvalidId: `x` is not an ObjectId"
    );
}

#[test]
fn literals() {
    for (script, value) in [
        (
            r##"#{ z: 1, "a b": #{ "": [] , "}": 2, "{EOF}": 3,}, }"##,
            r##"#{ z: 1, "a b": #{ "": [], "}": 2, "{EOF}": 3 } }"##,
        ),
        ("#{}", "#{}"),
        (
            "[#{ a: 1, b: 2 }.len(), (#{ a: 1 } + #{ b: 2 }).len(), #{ a: #{ b: 3 } }.a.b, #{a:1}[\"a\"]]",
            "[2, 2, 3, 1]",
        ),
        (
            "let obj = #{ n: 2, twice: |x| x * this.n }; obj.twice(21)",
            "42",
        ),
        (
            "let k = #{ a: if true { 1 } else { 2 }, b: { let y = 3; y } }; k",
            "#{ a: 1, b: 3 }",
        ),
        (
            "let s = #{ a: switch 1 { 1 => #{ b: 2 }, _ => 0 } }; s",
            "#{ a: #{ b: 2 } }",
        ),
        (
            "fn f(x) { #{ x: x, \"if\": 1 } } `${f(2)} ${#{ a: `${#{ b: 1 }}` }}` == \"#{ x: 2, \\\"if\\\": 1 } #{ a: \\\"#{ b: 1 }\\\" }\"",
            "true",
        ),
    ] {
        assert_eq!(shown(script), value, "{script}");
    }
}

/// Rhai names a closure by a hash of its code, and cannot hash our types.
#[test]
fn literals_inside_closures() {
    assert_eq!(
        shown("let x = 1; let f = || #{ x: x, y: #{ x: x } }; f.call()"),
        "#{ x: 1, y: #{ x: 1 } }"
    );
    assert_eq!(
        shown("[1, 2].map(|n| #{ n: n, all: [1].map(|m| #{ m: m + n }) })"),
        "[#{ n: 1, all: [#{ m: 2 }] }, #{ n: 2, all: [#{ m: 3 }] }]"
    );
    assert_eq!(
        shown("let fs = [|| #{ a: 1 }, || #{ a: 2 }, || #{ b: 1 }, || #{}]; fs.map(|f| f.call())"),
        "[#{ a: 1 }, #{ a: 2 }, #{ b: 1 }, #{}]"
    );
    let _ = evaluated(
        "const X = ObjectId(); let f = || #{ id: X, n: MinKey }; assert_eq(f.call().id, X); switch X { 1 => throw 1, _ => () }",
    );
}

#[test]
fn literals_that_do_not_parse() {
    for (source, part) in [
        ("#{ a: 1, a: 2 }", "duplicated property"),
        ("#{ a: 1, \"a\": 2 }", "duplicated property"),
        ("#{ a 1 }", "':'"),
        ("#{ a: 1 b: 2 }", "','"),
        ("#{ 1: 2 }", "'}'"),
        ("#{ a: 1; }", "'}'"),
        ("#{ \"x", "string"),
        ("#{ a: 1 \"x", "string"),
    ] {
        let message = thrown(source);
        assert!(message.to_lowercase().contains(part), "{source}: {message}");
    }
    for unfinished in [
        "#{",
        "#{ a",
        "#{ a:",
        "#{ a: 1",
        "#{ a: 1,",
        "let x = #{ \"a\": #{ b: 1 }",
    ] {
        let error = Script::new().engine.compile(unfinished).unwrap_err();
        assert_eq!(
            *error.0,
            rhai::ParseErrorType::UnexpectedEOF,
            "{unfinished}"
        );
    }
}

#[test]
fn impossible_operations_are_errors() {
    let _ = evaluated("let c = 0; try { #{ a: 1 }[0] } catch { c += 1 } assert_eq(c, 1);");
    assert!(thrown("const D = #{ a: 1 }; D.a = 2").contains("onstant"));
    let _ = evaluated("const D = #{ a: 1 }; assert_eq(D.a, 1); assert_eq(D.keys(), [\"a\"]);");
    assert_eq!(
        thrown("same_bytes(#{ a: [1, #{ f: 0..5 }] }, 1)"),
        "InvalidArgument: `a[1].f` is a Range<i64>, which is not BSON"
    );
}

#[test]
fn errors_are_values() {
    let _ = evaluated(
        r#"
        let f = || ObjectId("nope");
        let err = assert_throws(errors::InvalidId, f);
        assert_eq([err.kind, err.line, err.code, err.labels, err.is_timeout], ["InvalidId", 2, (), [], false]);
        assert_eq(`${err}`, "InvalidId: `nope` is not an ObjectId");
        assert_eq(type_of(err), "Error");
        try { throw "text" } catch (e) { assert_eq(e.kind, "Thrown"); }
        let err = assert_throws("Script", || [1][5]);
        assert_eq([err.kind, err.error, err.line], ["Script", "ErrorArrayBounds", 8]);
        assert(!err.message.contains("line"));
        assert_eq(assert_throws("Thrown", || { throw 5 }), 5);
        assert_eq(#{ kind: "mine" }.kind, "mine");
    "#,
    );
    assert_eq!(
        thrown("assert_throws(errors::InvalidId, || 1)"),
        "AssertionFailed: expected `InvalidId`, but nothing was thrown"
    );
    assert_eq!(
        thrown("assert_throws(errors::Network, || ObjectId(\"x\"))"),
        "AssertionFailed: expected `Network`, but `InvalidId` was thrown"
    );
}

#[test]
fn printing() {
    let script = Script::new();
    let source = r#"
        print("a\"b"); print(1); print(5.0); print(()); print(); print([1, "x", ()]); print(#{ a: "q" });
        print('c'); print(true); print(ObjectId("65b2f0a1c3d4e5f601234567")); debug("a"); print(0..3); print(Int64(7));
        let x = #{ n: 1 }; print("x: " + x + `${x}` + 1.5); print(set([1])); print(MinKey)
    "#;
    let _ = script.eval(source).unwrap();
    let expected = [
        "a\"b",
        "1",
        "5.0",
        "",
        "",
        r#"[1, "x", ()]"#,
        r##"#{ a: "q" }"##,
        "c",
        "true",
        r#"ObjectId("65b2f0a1c3d4e5f601234567")"#,
        r#"line Some(3): "a""#,
        "0..3",
        "7",
        "x: #{ n: 1 }#{ n: 1 }1.5",
        "set([1])",
        "MinKey",
    ];
    assert_eq!(script.printed(), expected);
    let error = script
        .eval("try { print(\"to nobody\") } catch { }")
        .unwrap_err();
    assert!(
        matches!(*error, rhai::EvalAltResult::ErrorTerminated(..)),
        "{error}"
    );
}
