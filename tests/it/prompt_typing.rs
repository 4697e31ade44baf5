//! Sessions at the prompt that need no server: typing, editing, errors, Ctrl-C, paste.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::{NOWHERE, Scratch, Terminal, shows};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";

/// A prompt whose server is looked for, and not found, only when a line asks for it.
fn prompt() -> Terminal {
    Terminal::open(NOWHERE)
}

fn typed(lines: &[&str]) -> String {
    let mut terminal = prompt();
    for line in lines {
        terminal.line(line);
    }
    // Whether the server is missed by now is a matter of time.
    terminal.screen().replace("lessons no server>", "lessons>")
}

#[test]
fn values_variables_and_closures_last() {
    let screen = typed(&[
        "let f = |x| x * 2",
        "fn g(x) { f2(x) + 1 }",
        "let n = 20",
        "f.call(n) + 2",
        "_ / 2",
        "#{ name: \"Anna\", since: DateTime(0), tags: [\"a\", \"b\"], address: #{ city: \"Kiel\", street: \"Holtenauer Str.\" } }",
        "_.address.city",
    ]);
    shows("prompt", "values", &screen);
}

#[test]
fn errors_show_their_place_and_end_nothing() {
    let screen = typed(&[
        "let truck = #{ license: \"A\" }",
        "truck.licence",
        "prnit(1)",
        "fn broken(x) { x.nothing() }",
        "broken(1)",
        "truck.license",
    ]);
    shows("prompt", "errors", &screen);
}

#[test]
fn what_is_open_goes_on_and_comes_back_with_one_key() {
    let mut terminal = prompt();
    // What is typed ahead is not lost.
    terminal.keys("let d = #{\ra: 1,\rb: `x\ry` }\rd.b.len()\r");
    terminal.wait_for("\n3\n");
    terminal.keys("\x0c");
    terminal.keys(UP);
    terminal.keys(UP);
    terminal.wait_for("> let d = #{\na: 1,\nb: `x\ny` }\n");
    terminal.cancel();
    terminal.line("1 + 1");
    terminal.wait_for("\n2\n");
}

#[test]
fn a_paste_of_twenty_lines_runs_as_one() {
    let mut terminal = prompt();
    let lines: Vec<String> = (1..=20).map(|n| format!("let v{n} = {n};")).collect();
    terminal.keys(&format!("\x1b[200~{}\nv1 + v20\x1b[201~", lines.join("\n")));
    terminal.wait_for("v1 + v20");
    terminal.keys("\r");
    terminal.wait_for("\n21\n");
}

#[test]
fn ctrl_c_ends_what_runs_at_once_and_keeps_the_session() {
    let mut terminal = prompt();
    terminal.line("let kept = 42");
    for endless in ["loop {}", "sleep(60)", "while true { [1].map(|x| x) }"] {
        terminal.keys(&format!("{endless}\r"));
        terminal.wait_for(endless);
        std::thread::sleep(Duration::from_millis(200));
        let pressed = Instant::now();
        terminal.keys(CTRL_C);
        terminal.wait_for("error[Interrupted]");
        let took = pressed.elapsed();
        println!("{endless}: ended {took:?} after Ctrl-C");
        terminal.line("clear()");
        terminal.keys("\x0c");
    }
    terminal.line("kept");
    terminal.wait_for("42");
    terminal.keys(CTRL_C);
    terminal.wait_for("Ctrl-D or `:quit` leaves");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
}

#[test]
fn leaving_says_how() {
    for (line, code) in [("exit(7)", 7), (":quit", 0), ("exit", 0)] {
        let mut terminal = prompt();
        terminal.keys(&format!("{line}\r"));
        assert_eq!(terminal.end(), code, "{line}");
    }
}

#[test]
fn tab_completes_what_stands_there() {
    let mut terminal = prompt();
    terminal.keys("errors::Dup\t");
    terminal.wait_for("errors::DuplicateKey");
    terminal.cancel();
    terminal.keys("db.trucks.insert_m\t");
    terminal.wait_for("db.trucks.insert_many(");
    terminal.cancel();
    terminal.line("let s = \"x\"");
    terminal.keys("s.to_upp\t");
    terminal.wait_for("s.to_upper(");
    terminal.cancel();
    terminal.keys(":coll\t");
    terminal.wait_for(":collections");
}

#[test]
fn a_narrower_terminal_is_used_as_it_is() {
    let mut terminal = prompt();
    terminal.line("let d = #{ first: \"aaaaaaaaaaaaaaaa\", second: \"bbbbbbbbbbbbbbbb\" }");
    terminal.line("d");
    terminal.wait_for("\n#{ first: \"aaaaaaaaaaaaaaaa\", second: \"bbbbbbbbbbbbbbbb\" }");
    terminal.resize(40, 24);
    terminal.line("d");
    terminal.wait_for("\n  second: \"bbbbbbbbbbbbbbbb\",\n}");
}

#[test]
fn the_history_is_its_owners_and_holds_no_password() {
    let home = Arc::new(Scratch::new());
    let args = ["--uri", NOWHERE];
    let mut terminal = Terminal::open_in(Arc::clone(&home), &args, &[]);
    terminal.line("let remembered = 1");
    terminal.line("let password = \"hunter2\"");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
    let file = home.path().join(".local/state/seaworthy/history");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("remembered") && !text.contains("hunter2"));
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut again = Terminal::open_in(home, &args, &[]);
    again.keys(UP);
    again.wait_for("let remembered = 1");
}

#[test]
fn nobody_who_wants_no_colours_gets_any() {
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm")] {
        let home = Arc::new(Scratch::new());
        let mut terminal = Terminal::open_in(home, &["--uri", NOWHERE], &[(variable, value)]);
        terminal.line("[1, \"a\"]");
        terminal.wait_for("[1, \"a\"]\n");
        let coloured = terminal.formatted().contains("\x1b[32m");
        assert_eq!(coloured, value == "xterm", "{variable}={value}");
    }
}

#[test]
fn a_task_that_fails_is_told_above_the_line() {
    let mut terminal = prompt();
    terminal.line("let t = background(|| { sleep(1); throw \"overboard\" }); 0");
    terminal.line(":jobs");
    terminal.wait_for("[t1] background task: running");
    terminal.keys("1 + ");
    terminal.wait_for("a task failed");
    terminal.wait_for("overboard");
    terminal.keys("1\r");
    terminal.wait_for("\n2\n");
}

#[test]
fn init_runs_first_and_a_wrong_setting_is_told() {
    let home = Arc::new(Scratch::new());
    home.write(".config/seaworthy/init.rhai", "let greeting = \"ahoy\";");
    let mut terminal = Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE], &[]);
    terminal.line("greeting");
    terminal.wait_for("\"ahoy\"");
    let mut without = Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE, "--no-init"], &[]);
    without.line("greeting");
    without.wait_for("there is no variable `greeting`");
}
