//! `for (name, value) in document`.

use crate::support::{Scratch, run_script};

/// Runs a script that asserts what it expects.
fn holds(script: &str) {
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{script}\n{}", ran.errors);
}

#[test]
fn two_variables_are_the_fields_of_a_document() {
    holds(
        r#"
        let seen = [];
        for (name, value) in #{ b: 1, a: "x", "c.d": [1] } { seen += [name, value]; }
        assert_eq(seen, ["b", 1, "a", "x", "c.d", [1]]);

        fn fields(doc) {
            let out = [];
            for (name, value) in doc { name += "!"; value += 1; out.push(name); out.push(value) }
            out
        }
        assert_eq(fields(#{ a: 1, b: 2 }), ["a!", 2, "b!", 3]);
        assert_eq(fields(#{}), []);

        db.field_loops.drop();
        db.field_loops.insert_one(#{ _id: 1, at: #{ n: 2 } });
        let paths = [];
        for(name, value)in db.field_loops.find_one(){for (inner, value) in #{ of: value }{paths.push(`${name}.${inner}: ${value}`)}}
        assert_eq(paths, ["_id.of: 1", "at.of: #{ n: 2 }"]);
        let doc = #{ a: 1, b: 2 };
        let without_spaces = [];
        for (k, v)in(doc) { without_spaces += [k, v]; }
        for(k,v)in#{ c: 3 }{ without_spaces += [k, v]; }
        assert_eq(without_spaces, ["a", 1, "b", 2, "c", 3]);

        let found = for (name, value) in #{ a: 1, b: 2, c: 3 } {
            if value == 1 { continue }
            if value == 2 { break name }
        };
        assert_eq(found, "b");
        assert_eq(`${ { let sum = 0; for (k, v) in #{ a: 1, b: 2 } { sum += v } sum } }`, "3");
        let functions = #{ f: |x| x, g: 1 };
        let names = [];
        for (name, value) in functions { names.push(name) }
        assert_eq(names, ["f", "g"]);
        "#,
    );
}

#[test]
fn the_second_variable_counts_for_all_other_values() {
    holds(
        r#"
        let seen = [];
        for (value, place) in ["x", #{ a: 1 }] { seen += [value, place]; }
        for (value, place) in 5..7 { seen += [value, place]; }
        for (value, place) in set([1]) { seen += [value, place]; }
        assert_eq(seen, ["x", 0, #{ a: 1 }, 1, 5, 0, 6, 1, 1, 0]);
        db.counted_loops.drop();
        db.counted_loops.insert_one(#{ _id: 1 });
        for (doc, place) in db.counted_loops.find() { assert_eq([doc, place], [#{ _id: 1 }, 0]); }
        let errors = [|| { let n = 2; for (a, b) in n { } }, || { let d = #{}; for a in d { } }];
        for run in errors {
            let err = assert_throws("Script", run);
            assert_eq(err.message, "`for` cannot iterate over this value");
        }
        "#,
    );
}

#[test]
fn the_variables_of_a_loop_over_fields_are_variables() {
    holds(
        r#"
        fn idle() { 1 }
        fn inner() { let t = ""; for (a, b) in #{ x: 1 } { t += a + b; } t }
        let text = "";
        for (k, v) in #{ a: 1, b: 2 } { idle(); text += inner(); text += k + v; }
        for (k, v) in #{ a: 1, b: 2 } { idle(); inner(); }
        assert_eq(text, "x1a1x1b2");

        // One of the two is hidden when the other is read first.
        for (k, v) in #{ a: 1 } { { let v = 7; assert_eq(k, "a"); } assert_eq(v, 1); }
        for (k, v) in #{ a: 1 } { { let k = 7; assert_eq(v, 1); } assert_eq(k, "a"); }
        for (k, v) in #{ a: 1 } { let w = 2; k = "z"; assert_eq([k, v, w], ["z", 1, 2]); }

        // A closure shares the variables, as in all loops of Rhai.
        let closures = [];
        let calls = [];
        for (k, v) in #{ a: 1, b: 2 } {
            if closures.len() > 0 { calls.push(closures[0].call()); }
            closures.push(|| k + v);
        }
        assert_eq(calls, ["b2"]);
        let in_tasks = parallel(2, 2, |i| {
            let t = "";
            for (k, v) in #{ a: 1, b: 2 } { t += `${k}${v + i}`; }
            t
        });
        assert_eq(in_tasks, ["a1b2", "a2b3"]);
        let caught = try { for (k, v) in #{ a: 1 } { throw k; } } catch (err) { err };
        assert_eq(caught, "a");
        "#,
    );
}

#[test]
fn an_imported_module_can_iterate_over_fields() {
    let folder = Scratch::new();
    folder.write(
        "tools.rhai",
        "fn names(doc) {\n    let out = [];\n    for (name, value) in doc {\n        out.push(name);\n    }\n    out\n}\n",
    );
    folder.write(
        "main.rhai",
        "import \"tools\" as tools;\nprint(tools::names(#{ b: 1, a: 2 }));\n",
    );
    let ran = folder.seaworthy(&["run", "main.rhai"]);
    assert_eq!(ran.out, "[\"b\", \"a\"]\n", "{}", ran.errors);
}

#[test]
fn an_error_in_such_a_loop_has_its_place() {
    let ran = run_script("\nfor (k, v) in #{ a: 1 } { print(k.nosuch()); }");
    assert!(ran.errors.contains(":2:35"), "{}", ran.errors);
}
