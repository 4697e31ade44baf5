//! A caught error reads like an uncaught one.

use crate::support::run_script;

fn prints(script: &str, expected: &str) {
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{script}\n{}", ran.errors);
    assert_eq!(ran.out.trim_end(), expected, "{script}");
}

#[test]
fn a_caught_error_of_rhai_has_the_message_and_the_hint_of_an_uncaught_one() {
    for (code, printed) in [
        (
            "[1][5]",
            "Script: there is no element 5: the array has only 1",
        ),
        ("let n = 0; 1 / n", "Script: division by zero: 1 / 0"),
        (
            "db.x.update_one(#{})",
            "Script: `update_one` takes `filter, update, options?`; `update` is missing",
        ),
        ("f(1, 2)", "Script: `f` takes `a`; it was given 2 arguments"),
        ("f()", "Script: `f` takes `a`; `a` is missing"),
    ] {
        let script = format!("fn f(a) {{ a }} try {{ {code}; }} catch (err) {{ print(err); }}");
        prints(&script, printed);
        let script =
            format!("fn f(a) {{ a }} try {{ {code}; }} catch (err) {{ print(`${{err}}`); }}");
        prints(&script, printed);
        let uncaught = run_script(format!("fn f(a) {{ a }} {code}")).errors;
        let message = printed.trim_start_matches("Script: ");
        assert!(uncaught.contains(message), "{uncaught}");
    }
    prints(
        "try { db.x.updateOne(#{}, #{}); } catch (err) { print(err.hint); print(err.kind); print(err.function); }",
        "names are written in snake_case: `update_one`\nScript\nupdateOne",
    );
}

#[test]
fn a_closure_with_the_wrong_number_of_parameters_is_named_by_its_caller() {
    for (code, message) in [
        (
            "parallel(3, 3, || 1)",
            "`parallel` calls the function with 1 argument, but it has no parameters",
        ),
        (
            "let n = 1; timed(|x| x + n)",
            "`timed` calls the function without arguments, but it has 1 parameter",
        ),
        (
            "background(|x| x).join()",
            "calls the function without arguments, but it has 1 parameter",
        ),
        (
            "assert_throws(\"Thrown\", |x| x)",
            "`assert_throws` calls the function without arguments, but it has 1 parameter",
        ),
        (
            "[1].filter(|a, b, c| a)",
            "the function takes another number of arguments",
        ),
        (
            "let f = |x| x; f.call(1, 2)",
            "the function takes another number of arguments",
        ),
    ] {
        let errors = run_script(code).errors;
        assert!(errors.contains(message), "{errors}");
        assert!(!errors.contains("anon$"), "{errors}");
    }
}

#[test]
fn functions_for_reports_write_numbers_and_dates() {
    let script = r#"
        assert_eq(format(1234567, ","), "1,234,567");
        assert_eq(format(-1234.5, "+,.1"), "-1,234.5");
        assert_eq(format(1234.5, "+,.1"), "+1,234.5");
        assert_eq(format(3.14159, "8.2"), "    3.14");
        assert_eq(format(3.14159, "08.2"), "00003.14");
        assert_eq(format(Decimal128("1.255"), ".1"), "1.3");
        assert_eq(format(1500.0, ".1e"), "1.5e3");
        let leap = DateTime("2024-12-31T23:05:09.007Z");
        assert_eq(leap.format("%y %j %I:%M %p %L %f %u %A"), "24 366 11:05 PM 007 007000 2 Tuesday");
        assert_eq(DateTime("1969-12-31").format("%a %F %T%%"), "Wed 1969-12-31 00:00:00%");
        for failing in [|| format(1, "q"), || format("a", ""), || leap.format("%q"), || Regex("(?=a)").is_match("aa")] {
            assert_throws(errors::InvalidArgument, failing);
        }
        assert(Regex("a b", "x").is_match("xab"));
        assert_eq(Regex("^b", "m").find("a\nb"), "b");
        assert_eq(Regex("(a)|(b)").find("b"), ["b", (), "b"]);
        let failed = try { assert_eq(1, 2, "sums") } catch (err) { err.message };
        assert_eq(failed, "sums: the values differ; left: 1, right: 2");
        let failed = try { assert_throws("Thrown", || 1, "must fail") } catch (err) { err.message };
        assert_eq(failed, "must fail: expected `Thrown`, but nothing was thrown");
    "#;
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}
