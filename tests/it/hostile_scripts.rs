use std::io::Read;
use std::process::Stdio;

use crate::support::{Scratch, command, eval, run_script, shows};

#[test]
fn an_endlessly_growing_array_is_an_error() {
    let ran = run_script("let a = [1, 2, 3, 4];\nloop { a += a; }");
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    assert!(ran.errors.contains("MiB of memory"), "{}", ran.errors);
}

#[test]
fn deeply_nested_documents_do_not_crash() {
    for around in ["#{ x: d }", "#{ x: [d] }", "#{ x: Code(\"\", d) }"] {
        let code = format!(
            "let d = #{{}};
             for i in 0..200_000 {{ d = {around}; }}
             let told = `${{d}}`.len() < 100_000;
             try {{ ejson(d); told = false; }} catch (err) {{ told = told && err.kind == \"InvalidArgument\"; }}
             try {{ d == #{{ x: 1 }}; }} catch {{ }}
             d = 0;
             print(told);"
        );
        let ran = run_script(code);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), "true\n"),
            "{around}: {}",
            ran.errors
        );
    }
    let ran = run_script("let d = #{}; for i in 0..200_000 { d = #{ x: d }; }");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}

#[test]
fn a_gigabyte_into_a_closed_pipe_is_not_an_error() {
    let code = "let line = \"0123456789\"; for i in 0..17 { line += line; } for i in 0..820 { print(line); }";
    let mut child = command()
        .args(["eval", code])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = vec![0; 100_000];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
}

#[test]
fn code_in_eval_has_the_limits_of_a_script() {
    for (code, out) in [
        ("print(eval(\"1 + 1\"))", "2\n"),
        ("print(eval(`#{ a: ${1 + 1} }`).a)", "2\n"),
        ("let x = 1; eval(\"let y = x + 1\"); print(y)", "2\n"),
        (
            "try { eval(\"#{ a: \") } catch (err) { print(\"caught\") }",
            "caught\n",
        ),
        (
            "try { eval(\"throw 5\") } catch (err) { print(err) }",
            "5\n",
        ),
    ] {
        let ran = eval(code);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), out),
            "{code}: {}",
            ran.errors
        );
    }
    // Code in `eval` has the same limits of depth, imports and time.
    let endless = "fn f(s) { eval(s) } let s = \"f(s)\"; f(s)";
    let brackets = "let s = \"[\"; for i in 0..20 { s += s; } eval(s)";
    for code in [
        endless,
        brackets,
        "eval(\"import `../x` as x;\")",
        "eval(\"nobody\")",
    ] {
        let ran = eval(code);
        assert!(matches!(ran.code, Some(1 | 2)), "{code}: {ran:?}");
        assert!(!ran.errors.contains("panicked"), "{code}: {}", ran.errors);
        assert!(ran.errors.len() < 3000, "{code}: {}", ran.errors.len());
    }
    let ran = command()
        .args(["--timeout", "0.3", "eval", "eval(\"loop { }\")"])
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(124));
}

#[test]
fn crlf_and_byte_order_mark_do_not_shift_positions() {
    let folder = Scratch::new();
    folder.write(
        "crlf.rhai",
        b"\xef\xbb\xbflet a = 1;\r\nlet b = nobody;\r\n",
    );
    let ran = folder.seaworthy(&["run", "crlf.rhai"]);
    assert_eq!(ran.code, Some(1));
    shows("errors", "crlf_and_bom", &ran.errors);
}
