use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{AT_ONCE, Scratch, command, eval, run_script, seaworthy};

#[test]
fn a_script_that_ends_gives_0() {
    let ran = eval("print(\"a\"); 1 + 1");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.errors.as_str()),
        (Some(0), "a\n2\n", "")
    );
}

#[test]
fn a_thrown_error_gives_1() {
    let ran = run_script("print(1);\nthrow \"no trucks\";\nprint(2);");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n"));
    assert!(ran.errors.contains("no trucks"), "{}", ran.errors);
}

#[test]
fn an_invalid_connection_string_gives_2() {
    for (uri, said) in [
        (
            "mongodb://ada:s3cret@db.invalid/?maxPolSize=3",
            "did you mean `maxPoolSize`?",
        ),
        (
            "mongo://ada:s3cret@db.invalid",
            "it begins with `mongodb://`",
        ),
        (
            "mongodb://db.invalid/?maxPoolSize=many",
            "takes a whole number, not `many`",
        ),
    ] {
        let ran = seaworthy(&["--uri", uri, "eval", "db.c.find_one()"]);
        assert_eq!(ran.code, Some(2), "{}", ran.errors);
        assert!(ran.errors.contains(said), "{}", ran.errors);
        assert!(!ran.errors.contains("s3cret"), "{}", ran.errors);
    }
}

#[test]
fn an_unreachable_server_gives_3() {
    // No server listens on port 1.
    let nobody = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200";
    let ran = seaworthy(&["--uri", nobody, "eval", "db.c.find_one()"]);
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    assert!(
        ran.errors.contains("error[ServerSelectionTimeout]"),
        "{}",
        ran.errors
    );
    let ran = seaworthy(&["--mongod", "/nowhere/mongod", "eval", "db.c.find_one()"]);
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    assert!(ran.errors.contains("error[Server]"), "{}", ran.errors);
}

#[test]
fn wrong_usage_and_syntax_errors_give_2() {
    assert_eq!(seaworthy(&["run"]).code, Some(2));
    assert_eq!(seaworthy(&["--sed", "1", "eval", "1"]).code, Some(2));
    let ran = run_script("print(1);\nlet = 2;");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
}

#[test]
fn exit_gives_its_number_and_cannot_be_caught() {
    for (code, expected) in [
        ("exit()", 0),
        ("exit(7)", 7),
        ("exit(255)", 255),
        ("try { exit(3) } catch { print(\"caught\") }", 3),
        ("fn f() { try { exit(4) } catch { exit(5) } } f()", 4),
        (
            "try { [1, 2].map(|x| exit(6)) } catch { print(\"caught\") }",
            6,
        ),
        (
            "let a = [2, 1]; a.sort(|a, b| { exit(8) }); print(\"went on\")",
            8,
        ),
    ] {
        let ran = eval(code);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.errors.as_str()),
            (Some(expected), "", ""),
            "{code}"
        );
    }
}

#[test]
fn an_invalid_exit_code_is_an_error() {
    for code in ["exit(256)", "exit(-1)"] {
        let ran = eval(code);
        assert_eq!(ran.code, Some(1));
        assert!(ran.errors.contains("0 to 255"), "{}", ran.errors);
    }
    assert_eq!(
        eval("try { exit(999) } catch (e) { print(\"caught\") }").out,
        "caught\n"
    );
}

#[test]
fn exit_ends_the_whole_run() {
    let folder = Scratch::new();
    folder.write("1.rhai", "print(1); exit(0);");
    folder.write("2.rhai", "print(2)");
    assert_eq!(folder.seaworthy(&["run", "."]).out, "1\n");
}

#[test]
fn the_first_failure_ends_the_run() {
    let folder = Scratch::new();
    folder.write("a.rhai", "let x = 1; print(x)");
    folder.write("b.rhai", "print(x)");
    folder.write("c.rhai", "print(3)");
    let ran = folder.seaworthy(&["run", "a.rhai", "b.rhai", "c.rhai"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "1\n"));
}

#[test]
fn a_timeout_gives_124_even_in_a_catch_loop() {
    for code in [
        "loop { }",
        "loop { try { loop { } } catch { } }",
        "fn f() { loop { [1, 2].map(|x| x + 1); } } f()",
    ] {
        let started = Instant::now();
        let ran = seaworthy(&["--timeout", "0.2", "eval", code]);
        assert_eq!(ran.code, Some(124), "{code}");
        assert!(started.elapsed() < AT_ONCE);
    }
}

#[test]
fn ctrl_c_gives_130_at_once() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut child = command()
            .args(["eval", "print(1); loop { try { loop { } } catch { } }"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // After the first line the script runs.
        let mut byte = [0];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut byte).unwrap();
        let sent = Instant::now();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let ran = child.wait_with_output().unwrap();
        assert_eq!(ran.status.code(), Some(130));
        assert!(sent.elapsed() < AT_ONCE, "{:?}", sent.elapsed());
    }
}

#[test]
fn a_closed_pipe_gives_0_without_an_error() {
    let mut child = command()
        .args(["eval", "for i in 0..10_000_000 { print(i) } print(\"end\")"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut byte = [0];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut byte).unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
}

#[test]
fn a_full_disk_gives_1() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ran = command()
        .args(["eval", "print(1)"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot be written"));
}

#[test]
fn a_printed_line_appears_while_the_script_runs() {
    let mut child = command()
        .args(["--timeout", "20", "eval", "print(\"here\"); loop { }"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut here = [0; 5];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut here).unwrap();
    assert_eq!(&here, b"here\n");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    thread::sleep(Duration::from_millis(1));
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
