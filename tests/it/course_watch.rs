use std::fs;

use crate::support::{AT_ONCE, Learner, Terminal, eventually, eventually_within, is_alive, shows};

const CTRL_C: &str = "\x03";
const DOWN: &str = "\x1b[B";

/// Compares the screen with a snapshot, without the home folder.
fn see(learner: &Learner, name: &str, terminal: &Terminal) {
    let home = learner.home.path().to_str().unwrap();
    shows("exercise", name, &terminal.screen().replace(home, "[HOME]"));
}

/// Starts `watch` for the exercise that needs no server.
fn watch(learner: &Learner) -> Terminal {
    let terminal = learner.terminal(&["watch", "2", "--dir", "ex"]);
    terminal.wait_for("✗ the key stands at 1");
    terminal
}

#[test]
fn the_folder_for_answers_is_asked_once() {
    let learner = Learner::new();
    let mut terminal = learner.terminal(&["watch", "2"]);
    terminal.wait_for("Which folder?");
    see(&learner, "watch_asks", &terminal);
    terminal.keys("~/deep/ex\r");
    terminal.wait_for("✗ the key stands at 1");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
    assert!(learner.home.path().join("deep/ex/02_the_key.rhai").exists());
    // Nothing is asked the second time.
    let mut again = learner.terminal(&["watch"]);
    again.wait_for("✗ the key stands at 1");
    again.keys("q");
    assert_eq!(again.end(), 0);

    let other = Learner::new();
    let mut left = other.terminal(&["2"]);
    left.wait_for("Which folder?");
    left.keys(CTRL_C);
    assert_eq!(left.end(), 130);
    assert!(!other.home.path().join("seaworthy-exercises").exists());
}

#[test]
fn every_save_starts_a_run() {
    let learner = Learner::new();
    let mut terminal = watch(&learner);
    see(&learner, "watch_first", &terminal);
    learner.edit(
        "02_the_key",
        "let key = 1;",
        "let key = 3;\nprint(\"turning\");",
    );
    terminal.wait_for("✗ the key stands at 3");
    see(&learner, "watch_saved", &terminal);
    // Writing into the same file works too.
    let file = learner.file("02_the_key");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("key = 3", "key = 4")).unwrap();
    terminal.wait_for("✗ the key stands at 4");
    fs::write(&file, "let key = ;\n").unwrap();
    terminal.wait_for("error[Syntax]");
    fs::write(&file, [0xff, 0xfe]).unwrap();
    terminal.wait_for("is not a script");
    fs::write(&file, "let key = 7;\n").unwrap();
    terminal.wait_for("Solved");
    see(&learner, "watch_solved", &terminal);
    assert_eq!(
        learner.progress()["exercises"]["02_the_key"]["solved"],
        true
    );
    terminal.keys("n");
    terminal.wait_for("The second key");
    terminal.wait_for("✗ the key stands at 1");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
    assert_eq!(learner.progress()["current"], "03_the_second_key");
}

#[test]
fn single_keys_control_the_watch() {
    let learner = Learner::new();
    let mut terminal = watch(&learner);
    terminal.keys("s");
    eventually("the story is folded", || {
        !terminal.screen().contains("Your task.")
    });
    terminal.keys("h");
    terminal.wait_for("Hint 1 of 2");
    terminal.keys("h");
    terminal.wait_for("Hint 2 of 2");
    see(&learner, "watch_hints", &terminal);
    terminal.keys("h");
    terminal.wait_for("There are no more hints.");
    learner.edit("02_the_key", "let key = 1;", "let key = 7;");
    terminal.wait_for("Solved");
    terminal.keys("x");
    terminal.wait_for("Start again?");
    terminal.keys("n");
    terminal.wait_for("exercise 3 of 3");
    terminal.keys("l");
    terminal.wait_for("Enter go there");
    see(&learner, "watch_list", &terminal);
    terminal.keys("k");
    terminal.keys("\r");
    terminal.wait_for("exercise 2 of 3");
    terminal.wait_for("Solved");
    terminal.keys("c");
    terminal.wait_for("1 of 2 solved, 1 is not started");
    see(&learner, "watch_check_all", &terminal);
    terminal.keys(" \x1b");
    terminal.wait_for("exercise 2 of 3");
    terminal.keys("x");
    terminal.wait_for("Start again?");
    terminal.keys("y");
    terminal.wait_for("✗ the key stands at 1");
    see(&learner, "watch_reset", &terminal);
    assert!(
        learner
            .file("02_the_key")
            .with_extension("rhai.bak")
            .exists()
    );
    terminal.keys(&format!("l{DOWN}{DOWN}q"));
    terminal.wait_for("n next");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
}

/// Waits until the last line of the screen ends with `text`, and checks that no line of the screen
/// is longer than the terminal is wide.
fn fits(terminal: &Terminal, last: &str) {
    terminal.wait_for(last);
    eventually("the screen is complete", || {
        terminal.screen().ends_with(last)
    });
    let wrapped = terminal.look(|screen| {
        let (rows, columns) = screen.size();
        let texts: Vec<String> = screen.rows(0, columns.get()).collect();
        let is_wrapped = |row: &u16| screen.row_wrapped(*row);
        // The path of the learner's file may be long: it is not cut, so that it can be copied.
        let is_path = |row: &u16| texts[usize::from(*row)].contains('/');
        let wrapped = (0..rows.get()).find(|row| is_wrapped(row) && !is_path(row));
        wrapped.map(|row| texts[usize::from(row)].clone())
    });
    assert_eq!(wrapped, None, "{}", terminal.screen());
}

#[test]
fn every_screen_fits_into_the_terminal() {
    for (columns, no_color) in [(60, ""), (80, "1"), (120, "")] {
        let learner = Learner::new();
        let size = (columns, 24);
        let args = ["watch", "2", "--dir", "ex"];
        let mut terminal = learner.terminal_sized(size, &args, &[("NO_COLOR", no_color)]);
        terminal.wait_for("✗ the key stands at 1");
        fits(&terminal, "q quit");
        terminal.keys("h");
        terminal.wait_for("Hint 1 of 2");
        fits(&terminal, "q quit");
        terminal.keys("l");
        fits(&terminal, "q back");
        terminal.keys("q");
        terminal.wait_for("✗ the key stands at 1");
        // The next screen has the new width.
        terminal.resize(50, 24);
        learner.edit("02_the_key", "let key = 1;", "let key = 3;");
        terminal.wait_for("✗ the key stands at 3");
        fits(&terminal, "q quit");
        terminal.keys("q");
        assert_eq!(terminal.end(), 0);
    }
}

#[test]
fn a_deleted_file_is_copied_again() {
    let learner = Learner::new();
    let mut terminal = watch(&learner);
    fs::remove_file(learner.file("02_the_key")).unwrap();
    terminal.wait_for("The file was deleted");
    terminal.keys("r");
    eventually("it is copied", || learner.file("02_the_key").exists());
    terminal.wait_for("✗ the key stands at 1");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_save_ends_the_current_run() {
    let learner = Learner::new();
    let mut terminal = watch(&learner);
    learner.edit(
        "02_the_key",
        "let key = 1;",
        "let key = 1;\nlet n = 0;\nloop { n += 1; if n % 100_000 == 0 { print(n); } }",
    );
    terminal.wait_for("running");
    learner.edit("02_the_key", "loop {", "while n < 7 {");
    terminal.wait_for("✗ the key stands at 1");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn leaving_restores_the_terminal_at_once() {
    let endless = "let key = 1;\nloop { sleep(0.01); }";
    for (way, code) in [("q", 0), (CTRL_C, 0), ("terminate", 130)] {
        let learner = Learner::new();
        let mut terminal = learner.terminal(&["watch", "2", "--dir", "ex"]);
        let before = terminal.modes();
        terminal.wait_for("✗ the key stands at 1");
        assert_ne!(terminal.modes(), before, "keys need no Enter");
        learner.edit("02_the_key", "let key = 1;", endless);
        terminal.wait_for("running");
        if way == "terminate" {
            let pid = rustix::process::Pid::from_raw(terminal.pid().cast_signed()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        } else {
            terminal.keys(way);
        }
        assert_eq!(terminal.end(), code, "{way:?}");
        assert_eq!(terminal.modes(), before, "{way:?}");
    }
}

#[test]
fn the_editor_gets_the_whole_terminal() {
    let learner = Learner::new();
    let editor = learner.home.write(
        "editor",
        "#!/bin/sh\necho in the editor\nread answer\nsed -i \"s/key = 1/key = $answer/\" \"$1\"\n",
    );
    fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut terminal = learner.terminal_with(
        &["watch", "2", "--dir", "ex"],
        &[("VISUAL", editor.to_str().unwrap())],
    );
    terminal.wait_for("✗ the key stands at 1");
    terminal.keys("e");
    terminal.wait_for("in the editor");
    terminal.keys("5\r");
    terminal.wait_for("✗ the key stands at 5");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
}

/// The shared server of exercises runs only during the watch.
#[test]
fn the_server_ends_with_the_watch() {
    let learner = Learner::new();
    let mut terminal = learner.terminal(&["watch", "1", "--dir", "ex"]);
    terminal.wait_for("✗ `boats` holds 0 documents");
    learner.edit(
        "01_three_boats",
        "fn moor(harbour) {",
        "fn moor(harbour) { harbour.boats.insert_one(#{ name: 1 });",
    );
    terminal.wait_for("✗ `boats` holds 1 documents");
    let mark = learner
        .home
        .path()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let servers = crate::support::processes_with(&["mongod --dbpath", &mark]);
    assert_eq!(servers.len(), 1);
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
    eventually_within(AT_ONCE, "the server ends", || !is_alive(servers[0]));
}
