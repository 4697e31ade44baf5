use crate::support::run_script;

/// Runs a script that asserts what it expects.
fn holds(script: &str) {
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{script}\n{}", ran.errors);
}

#[test]
fn try_and_catch_return_the_last_value_of_the_block_that_ended() {
    holds(
        r#"
        fn constant() { try { f(); "done" } catch { "failed" } }
        fn f() {}
        fn number() { try { 4 } catch { 5 } }
        fn handler() { try { throw 1; } catch { "handled" } }
        fn flag() { try { [1][7]; true } catch (err) { err.kind == "Script" } }
        fn returned() { try { return 1; } catch { 2 } 3 }
        fn nested() { try { try { throw 1; } catch (a) { throw a + 1; } } catch (b) { b * 10 } }
        assert_eq(constant(), "done");
        assert_eq(number(), 4);
        assert_eq(handler(), "handled");
        assert(flag());
        assert_eq(returned(), 1);
        assert_eq(nested(), 20);
        let value = try { throw "x"; } catch (err) { err + "y" };
        assert_eq(value, "xy");
        assert_eq([1, 2].map(|n| try { if n == 1 { throw n; } n } catch (e) { -e }), [-1, 2]);
        "#,
    );
}

#[test]
fn a_handler_sees_its_error_and_the_variables_around_it() {
    holds(
        r#"
        let err = "outer";
        let n = 1;
        let seen = [];
        try { throw "inner"; } catch (err) {
            n += 1;
            let f = || err + n;
            seen.push(f.call());
            let err = "own";
            seen.push(err);
        }
        assert_eq(seen, ["inner2", "own"]);
        assert_eq(err, "outer");
        try { throw 1; } catch { let x; assert_eq(x, ()); }
        try { throw 1; } catch (unused) { let x; assert_eq(x, ()); }
        try { throw 1; } catch (unused) { }
        let task = background(|| try { throw "late"; } catch (e) { let g = || e; g.call() });
        assert_eq(task.join(), "late");
        let after = 10;
        assert_eq(n + after, 12);
        let i = 0;
        loop {
            i += 1;
            try { if i < 3 { continue; } break; } catch { assert(false); }
        }
        assert_eq(i, 3);
        for k in 0..3 { try { throw k; } catch (e) { if e == 1 { break; } n = e; } }
        assert_eq(n, 0);
        "#,
    );
}

#[test]
fn a_bare_throw_passes_the_error_on_unchanged() {
    let ran = run_script("try {\n    let a = [1];\n    a[5];\n} catch (err) {\n    throw;\n}");
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains(":3:"), "{}", ran.errors);
    holds(
        r#"
        let kind = try {
            try { ObjectId("x") } catch (err) { throw; }
        } catch (err) { err.kind };
        assert_eq(kind, errors::InvalidId);
        "#,
    );
}

#[test]
fn every_thrown_value_has_a_kind() {
    holds(
        r#"
        for value in [1, 0.5, true, 'c', "text", [1], #{ a: 1 }] {
            try { throw value; } catch (err) {
                assert_eq(err.kind, "Thrown");
                assert_eq(err, value);
            }
        }
        try { throw #{ kind: "own" }; } catch (err) { assert_eq(err.kind, "own"); }
        let plain = #{ a: 1 };
        assert_eq(plain.kind, ());
        try { nothing_like_this(1); } catch (err) {
            assert_eq(err.kind, "Script");
            assert_eq(err.error, "ErrorFunctionNotFound");
        }
        "#,
    );
}
