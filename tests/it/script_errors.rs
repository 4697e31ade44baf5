use crate::support::{run_script, shows};

/// Scripts with errors; the expected output is in `snapshots/errors/`.
const CASES: &[(&str, &str)] = &[
    ("thrown_string", "print(1);\nthrow \"no trucks\";"),
    ("thrown_map", "throw #{ message: \"no trucks\", left: 0 };"),
    ("thrown_nothing", "throw;"),
    (
        "thrown_again",
        "try {\n    exit(-1);\n} catch (err) {\n    print(\"cleaning up\");\n    throw err;\n}",
    ),
    (
        "passed_on",
        "try {\n    exit(-1);\n} catch (err) {\n    throw;\n}",
    ),
    (
        "inside_a_function",
        "fn ship(n) {\n    check(n)\n}\nfn check(n) {\n    if n > 2 { throw \"too many\"; }\n}\nship(3);",
    ),
    ("inside_a_closure", "let f = |x| x.frob();\n[1].map(f);"),
    (
        "variable_in_use",
        "let m = #{ sales: history() };\nm.sales.add(\"a\", 1, || m.sales.len);",
    ),
    (
        "recursion",
        "fn f(n) { if n == 0 { throw \"deep\"; } f(n - 1); }\nf(20);",
    ),
    (
        "misspelt_kind",
        "print(1);\nif 1 == errors::DuplicatKey { }",
    ),
    (
        "misspelt_kind_text",
        "try { exit(0); } catch (err) {\n    if err.kind == \"DuplicatKey\" { }\n}",
    ),
    (
        "unclosed",
        "fn f() {\n    if true {\n        print(1);\n}\n",
    ),
    ("unopened", "print(1));"),
    (
        "missing_semicolon",
        "let a = 1\n// the next line is fine\n\nlet b = 2;",
    ),
    ("end_of_script", "let a = 1 +"),
    ("long_line", LONG),
    ("wide_letters", "let s = \"日本の荷物 🚚\"; fo(s);"),
    ("tabs", "\t\tlet x = 1;\t\tfo(x);"),
    ("in_eval", "let x = 1;\neval(\"x + fo(1)\");"),
    ("eval_does_not_parse", "eval(\"let = 1\");"),
    ("array_bounds", "let a = [1, 2];\na[5]"),
    ("no_such_field", "let n = 5;\nn.colour"),
    ("wrong_types", "[1] + ();"),
    ("division", "let n = 0;\n1 / n"),
];

const LONG: &str = concat!(
    "let list = [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", ",
    "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", frob(1), ",
    "\"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"];"
);

#[test]
fn errors_are_shown_with_source_and_position() {
    for (name, text) in CASES {
        let ran = run_script(text);
        assert!(matches!(ran.code, Some(1 | 2)), "{name}: {ran:?}");
        shows("errors", name, &ran.errors);
    }
}

#[test]
fn errors_show_no_rust_names() {
    for (name, text) in CASES {
        let errors = run_script(text).errors;
        for dump in [
            "ErrorRuntime",
            "Position",
            "rhai::",
            "seaworthy::",
            "Dynamic",
            "i64",
            "ImmutableString",
        ] {
            assert!(!errors.contains(dump), "{name}: {errors}");
        }
    }
}

#[test]
fn a_script_with_a_misspelt_error_kind_does_not_start() {
    let ran = run_script("print(1);\nfn f() { errors::DuplicatKey }");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
}

#[test]
fn error_kinds_of_the_script_are_allowed() {
    let ran =
        run_script("try { throw #{ kind: \"Mine\" } } catch (err) { print(err.kind == \"Mine\") }");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "true\n"),
        "{}",
        ran.errors
    );
}
