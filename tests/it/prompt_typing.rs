//! The prompt without a server: typing, editing, errors, Ctrl-C, paste.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::{AT_ONCE, NOWHERE, Scratch, Terminal, eventually, shows};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";

/// Opens a prompt whose server does not exist.
fn prompt() -> Terminal {
    Terminal::open(NOWHERE)
}

fn typed(lines: &[&str]) -> String {
    let mut terminal = prompt();
    for line in lines {
        terminal.line(line);
    }
    // The prompt may or may not already know that there is no server.
    terminal.screen().replace("lessons no server>", "lessons>")
}

#[test]
fn values_variables_and_closures_are_kept() {
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
fn errors_show_their_position_and_keep_the_session() {
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
fn open_input_continues_and_is_one_history_entry() {
    let mut terminal = prompt();
    // Keys that are typed ahead are not lost.
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
fn a_line_of_mongosh_appears_translated_and_runs_after_enter() {
    let mut terminal = prompt();
    terminal.keys("[1, 2].map(n => n * 3)\r");
    terminal.wait_for("translated from mongosh; Enter runs it");
    terminal.wait_for("> [1, 2].map(|n| n * 3)");
    let is_marked = |screen: &vt100::Screen| {
        let (row, _) = screen.cursor_position();
        let underlined = (0..80).filter_map(|column| {
            let cell = screen.cell(row, column)?;
            cell.underline().then(|| cell.contents().to_owned())
        });
        underlined.collect::<String>()
    };
    eventually("the changed signs are marked", || {
        let marked = terminal.look(is_marked);
        marked.contains('|') && !marked.contains("map")
    });
    terminal.keys("\r");
    terminal.wait_for("\n[3, 6]\n");
    terminal.keys("x = None if 1 > 2 else \"a\"\r");
    terminal.wait_for("translated from PyMongo; Enter runs it");
    terminal.wait_for("> let x = if 1 > 2 { () } else { \"a\" }");
    terminal.cancel();
    // A method that does not exist here.
    terminal.keys("\"kiel\".toUpperCase()\r");
    terminal.wait_for("> \"kiel\".to_upper()");
    terminal.keys("\r");
    terminal.wait_for("\n\"KIEL\"\n");
}

#[test]
fn a_new_variable_of_mongosh_is_declared_and_a_block_may_begin_with_use() {
    let mut terminal = prompt();
    terminal.keys("total = [1, 2].map(n => n * 3)\r");
    terminal.wait_for("> let total = [1, 2].map(|n| n * 3)");
    terminal.keys("\r");
    terminal.line("total");
    terminal.wait_for("\n[3, 6]\n");
    terminal.keys("total = [4].map(n => n)\r");
    terminal.wait_for("> total = [4].map(|n| n)");
    terminal.cancel();
    terminal.keys("\x1b[200~use archive\n1 +\n 41\x1b[201~");
    terminal.keys("\r");
    terminal.wait_for("\n42\n");
    terminal.wait_for("archive");
}

#[test]
fn a_paste_of_twenty_lines_is_one_input() {
    let mut terminal = prompt();
    let lines: Vec<String> = (1..=20).map(|n| format!("let v{n} = {n};")).collect();
    terminal.keys(&format!("\x1b[200~{}\nv1 + v20\x1b[201~", lines.join("\n")));
    terminal.wait_for("v1 + v20");
    terminal.keys("\r");
    terminal.wait_for("\n21\n");
}

#[test]
fn ctrl_c_ends_a_line_at_once_and_keeps_the_session() {
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
        assert!(took < AT_ONCE, "{endless}: ended {took:?} after Ctrl-C");
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
fn a_key_after_ctrl_c_starts_the_next_line() {
    let mut terminal = prompt();
    for number in 0..5 {
        terminal.keys(&format!("half a li{CTRL_C}\"whole {number}\"\r"));
        // Waits for the prompt, where Ctrl-C is a key. During a run it would be a signal.
        terminal.wait_for(&format!("\n\"whole {number}\"\nlessons"));
    }
}

#[test]
fn keys_typed_during_a_run_go_to_the_next_line() {
    let mut terminal = prompt();
    terminal.line("let before = 20");
    terminal.keys("sleep(0.5); 7\r");
    terminal.wait_for("sleep(0.5); 7\n");
    // Editing keys work as well: change an earlier line, then leave.
    terminal.keys(&format!("{UP}{UP} + 1\rbefore\r{CTRL_D}"));
    terminal.wait_for("let before = 20 + 1\n");
    assert_eq!(terminal.end(), 0);
    // The last output may arrive after the exit.
    terminal.wait_for("> before\n21\n");
    assert!(!terminal.screen().contains("^["), "{}", terminal.screen());
}

#[test]
fn ctrl_c_does_not_end_background_tasks() {
    let mut terminal = prompt();
    terminal.line("let first = background(|| loop { sleep(0.05) }); 1");
    terminal.line("let second = background(|| loop { sleep(0.05) }); 2");
    terminal.keys("loop {}\r");
    terminal.wait_for("loop {}\n");
    terminal.keys(CTRL_C);
    terminal.wait_for("error[Interrupted]");
    terminal.line(":jobs");
    terminal.wait_for("[t1] background task: running");
    terminal.line(":stop t1");
    terminal.wait_for("stopped");
    terminal.line("first.join(); [first.is_done, second.is_done]");
    terminal.wait_for("[true, false]");
    terminal.keys("\x0c");
    eventually("the screen is clear", || {
        !terminal.screen().contains("[t1]")
    });
    terminal.line(":jobs");
    // A task keeps its number.
    terminal.wait_for("[t2] background task: running");
    assert!(!terminal.screen().contains("[t1]"));
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
}

#[test]
fn leaving_gives_the_exit_code() {
    for (line, code) in [("exit(7)", 7), (":quit", 0), ("exit", 0)] {
        let mut terminal = prompt();
        terminal.keys(&format!("{line}\r"));
        assert_eq!(terminal.end(), code, "{line}");
    }
}

#[test]
fn tab_completes_names_and_commands() {
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
fn output_follows_a_narrower_terminal() {
    let mut terminal = prompt();
    terminal.line("let d = #{ first: \"aaaaaaaaaaaaaaaa\", second: \"bbbbbbbbbbbbbbbb\" }");
    terminal.line("d");
    terminal.wait_for("\n#{ first: \"aaaaaaaaaaaaaaaa\", second: \"bbbbbbbbbbbbbbbb\" }");
    terminal.resize(40, 24);
    terminal.line("d");
    terminal.wait_for("\n  second: \"bbbbbbbbbbbbbbbb\",\n}");
}

#[test]
fn no_color_and_a_dumb_terminal_disable_colours() {
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
fn a_failed_task_is_reported_above_the_line() {
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
fn earlier_lines_are_searched_backwards() {
    let mut terminal = prompt();
    terminal.line("let needle = 41");
    terminal.line("let hay = 1");
    terminal.keys("\x12need");
    terminal.wait_for("(reverse-i-search)`need': let needle = 41");
    terminal.keys("\r");
    terminal.line("needle + 1");
    terminal.wait_for("\n42\n");
}

#[test]
fn vi_keys_can_be_switched_on() {
    let home = Arc::new(Scratch::new());
    home.write(".config/seaworthy/config.toml", "editor_mode = \"vi\"\n");
    let mut terminal = Terminal::open_in(home, &["--uri", NOWHERE], &[]);
    terminal.keys("let x = 42 + 1");
    terminal.wait_for("let x = 42 + 1");
    // Command mode: back over two words, and cut to the end.
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(700));
    terminal.keys("bhD");
    terminal.wait_for("> let x = 42\n");
    terminal.keys("\r");
    terminal.line("x");
    terminal.wait_for("\n42\n");
    // Ctrl-C and the keys after it work in vi mode too.
    terminal.keys(&format!("half{CTRL_C}x + 1\r"));
    terminal.wait_for("\n43\n");
}

#[test]
fn input_is_coloured_and_brackets_are_matched() {
    let mut terminal = prompt();
    terminal.keys("let a = (\"x\", 1)");
    terminal.wait_for("let a = (\"x\", 1)");
    // With the cursor on the closing bracket, both brackets are marked.
    terminal.keys("\x1b[D");
    let line = || {
        let text = terminal.formatted();
        text.rsplit('\n')
            .next()
            .unwrap_or_default()
            .replace('\x1b', "^")
    };
    eventually("the brackets are marked", || {
        line().matches("4m").count() > 1
    });
    // Without cursor movements, which depend on how much is already drawn.
    let line = line();
    let drawn: Vec<_> = line
        .split('^')
        .filter(|code| !code.ends_with('H'))
        .collect();
    let line = drawn.join("^");
    // Without the prompt, which may already show that there is no server.
    shows("prompt", "colours", line.split_once("> ").unwrap().1);
}

#[test]
fn input_that_is_not_utf8_is_discarded() {
    let mut terminal = prompt();
    terminal.line("let kept = 6");
    terminal.bytes(b"\xff\xfe");
    terminal.wait_for("is not valid UTF-8");
    terminal.line("kept * 7");
    terminal.wait_for("\n42\n");
}

#[test]
fn typical_mistakes_get_helpful_answers() {
    let wrong = [
        "db.x.insertOne({a: 1})",
        "db.x.find().pretty()",
        "db.x.find().forEach(|d| print(d))",
        "db.x.find().map(|d| d.a)",
        "db.x.find().hasNext()",
        "db.x.find().lmit(3)",
        "db.x.count()",
        "db.x.update(#{}, #{})",
        "db.x.remove(#{})",
        "db.x.getIndexes()",
        "db.x.find(a=1)",
        "db.x.find(#{a: /^x/})",
        "db.x.frobnicate()",
        "db.x.drop",
        "db.getCollection(\"x\")",
        "db.admin.command(#{ ping: 1 })",
        "db.getSiblingDB(\"x\")",
        "db.runCommand(#{ping: 1})",
        "client.getDB(\"x\")",
        "x = 5",
        "i++",
        "let s = 'hello'",
        "ISODate()",
        "ObjectID()",
        "rs.status()",
        "EJSON.parse(\"{}\")",
        "().name",
        "forEach(print)",
        "?zzzzzz",
        ":foo",
        ":use",
        ":stop",
        ":stop 9",
        ":run",
        ":save",
        ":history x",
        ":explain",
        ":explain 1",
        ":watch",
    ];
    let mut terminal = Terminal::open_tall(NOWHERE);
    let offers = |terminal: &Terminal| terminal.screen().matches("Enter runs it").count();
    for line in wrong {
        let before = offers(&terminal);
        terminal.line(line);
        if offers(&terminal) > before {
            terminal.cancel();
        }
    }
    let screen = terminal.screen().replace("lessons no server>", "lessons>");
    shows("prompt", "wrong", &screen);
}

#[test]
fn every_command_is_listed_in_the_help() {
    let mut terminal = Terminal::open_tall(NOWHERE);
    terminal.line(":help");
    let help = terminal.screen();
    // Commands that need a server or another program have their own tests.
    let lines = [
        "let x = [#{ a: 1, b: \"x\" }, #{ a: 2 }]",
        ":table",
        "x",
        ":table",
        ":json",
        "x",
        ":json",
        ":compact",
        "x",
        ":pretty",
        "x",
        ":jobs",
        ":pool",
        ":server",
        ":help watch",
        ":history 2",
        ":reset",
        "x",
    ];
    for line in lines {
        terminal.line(line);
    }
    // Waits for the last output; the text of some lines was already on the screen.
    terminal.wait_for("1 | x\n  | ^\nlessons");
    let screen = terminal.screen().replace("lessons no server>", "lessons>");
    shows("prompt", "commands", &screen);
    for name in [
        "help",
        "use",
        "databases",
        "collections",
        "table",
        "json",
        "compact",
        "pretty",
        "time",
        "explain",
        "watch",
        "lesson",
        "exercise",
        "jobs",
        "stop",
        "pool",
        "status",
        "server",
        "run",
        "edit",
        "save",
        "history",
        "reset",
        "clear",
        "quit",
    ] {
        assert!(help.contains(&format!("\n:{name}")), "{name}");
    }
    assert_eq!(help.matches("\n:").count(), 26);
}
