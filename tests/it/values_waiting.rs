use std::time::{Duration, Instant};

use rhai::EvalAltResult;
use seaworthy::mongo::StopReason;

use crate::support::{AT_ONCE, Script, command, evaluated, thrown};

#[test]
fn asserts() {
    let _ =
        evaluated("assert(true); assert(true, \"x\"); assert_eq(1, 1.0); assert_eq(0..3, 0..3);");
    assert_eq!(
        thrown("assert(false)"),
        "AssertionFailed: the condition is not true"
    );
    assert_eq!(thrown("assert(1 > 2, \"so\")"), "AssertionFailed: so");
    assert!(thrown("assert(5)").starts_with("InvalidArgument"));
    assert_eq!(
        thrown("assert_eq(#{ a: [1, 2] }, #{ a: [1, 3] })"),
        "AssertionFailed: the values differ; left: #{ a: [1, 2] }, right: #{ a: [1, 3] }"
    );
    let _ = evaluated(
        r#"
        let e = assert_throws(errors::AssertionFailed, || assert_eq(#{ a: [1, #{ b: 2 }] }, #{ a: [1, #{ b: 3 }] }));
        assert_eq(e.hint, "the first difference is at `a[1].b`");
        let e = assert_throws(errors::AssertionFailed, || assert_eq([1], [1, 2]));
        assert_eq(e.hint, "the first difference is at `[1]`");
    "#,
    );
}

#[test]
fn eventually_repeats_until_the_condition_holds() {
    let _ = evaluated("let n = 0; eventually(2, || { n += 1; n > 3 }); assert_eq(n, 4);");
    let _ = evaluated("let n = 0; eventually(2, || { n += 1; assert(n > 3); true });");
    assert_eq!(
        thrown("eventually(0.05, || false)"),
        "AssertionFailed: it was not true within 0.05 seconds; the last result was false"
    );
    assert!(thrown("eventually(5, || nonsense)").contains("nonsense"));
    assert!(thrown("eventually(-1, || true)").starts_with("InvalidArgument"));
    assert!(thrown("eventually(\"x\", || true)").starts_with("InvalidArgument"));
}

#[test]
fn an_interrupt_ends_a_sleep() {
    for source in [
        "try { sleep(60) } catch { }",
        "eventually(60, || false)",
        "sleep(1e300)",
        "loop { try { sleep(0.001) } catch { } }",
    ] {
        let script = Script::new();
        let switch = script.interrupt.clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            switch.stop(StopReason::Interrupted);
            Instant::now()
        });
        let error = script.eval(source).unwrap_err();
        let late = stopper.join().unwrap().elapsed();
        assert!(late < AT_ONCE, "{source}: {late:?}");
        assert!(
            matches!(error.unwrap_inner(), EvalAltResult::ErrorTerminated(..)),
            "{source}: {error}"
        );
    }
}

/// Returns how often the threads of a process have waited, from their start on.
fn waits_of(pid: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let status = threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("status")).ok());
    let waits = status.filter_map(|status| {
        let line = status
            .lines()
            .find(|line| line.starts_with("voluntary_ctxt_switches"))?
            .to_owned();
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    waits.sum()
}

#[test]
fn a_script_that_waits_does_not_poll() {
    for script in [
        "print(1); sleep(500_000);",
        "let task = background(|| sleep(500_000)); print(1); task.join();",
        "print(1); parallel(3, 3, |i| sleep(500_000));",
    ] {
        let mut child = command()
            .args(["eval", script])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        std::thread::sleep(Duration::from_secs(1));
        let before = waits_of(child.id());
        std::thread::sleep(Duration::from_secs(2));
        let waits = waits_of(child.id()) - before;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(waits < 20, "{script}: {waits} waits in two seconds");
    }
}

#[test]
fn durations() {
    assert!(thrown("sleep(-1)").starts_with("InvalidArgument"));
    assert!(thrown("sleep(Double(\"NaN\"))").starts_with("InvalidArgument"));
    let _ = evaluated(
        "let t = timed(|| { sleep(0.02); 7 }); assert_eq(t.value, 7); assert(t.ms >= 20.0); assert_eq(t.keys(), [\"value\", \"ms\"]);",
    );
}
