use std::time::{Duration, Instant};

use rhai::EvalAltResult;
use seaworthy::mongo::StopReason;

use crate::support::{AT_ONCE, Script, evaluated, thrown};

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

#[test]
fn durations() {
    assert!(thrown("sleep(-1)").starts_with("InvalidArgument"));
    assert!(thrown("sleep(Double(\"NaN\"))").starts_with("InvalidArgument"));
    let _ = evaluated(
        "let t = timed(|| { sleep(0.02); 7 }); assert_eq(t.value, 7); assert(t.ms >= 20.0); assert_eq(t.keys(), [\"value\", \"ms\"]);",
    );
}
