//! The files of the prompt: settings, `init.rhai`, the history, scripts.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use crate::support::{NOWHERE, Scratch, Terminal, command, shows};

const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";

#[test]
fn the_history_is_private_and_has_no_passwords() {
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
fn init_runs_first_unless_no_init_is_given() {
    let home = Arc::new(Scratch::new());
    home.write(".config/seaworthy/init.rhai", "let greeting = \"ahoy\";");
    let mut terminal = Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE], &[]);
    terminal.line("greeting");
    terminal.wait_for("\"ahoy\"");
    let mut without = Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE, "--no-init"], &[]);
    without.line("greeting");
    without.wait_for("there is no variable `greeting`");
}

#[test]
fn the_prompt_starts_despite_wrong_settings_and_init() {
    let home = Arc::new(Scratch::new());
    home.write(
        ".config/seaworthy/config.toml",
        "page_size = 5\neditor_mod = \"vi\"\n",
    );
    home.write(
        ".config/seaworthy/init.rhai",
        "let kept = 1;\nkept.nothing();\n",
    );
    let mut terminal = Terminal::open_in(home, &["--uri", NOWHERE], &[]);
    terminal.wait_for("was ignored: line 2: unknown field `editor_mod`");
    terminal.wait_for("there is no function `nothing`");
    terminal.line("kept + 1");
    terminal.wait_for("\n2\n");
}

#[test]
fn a_missing_or_unwritable_home_is_not_an_error() {
    // Not even root can write to `/proc`.
    for home in ["/proc/nowhere", "/proc/nowhere/at/all", ""] {
        let scratch = Arc::new(Scratch::new());
        let mut terminal = Terminal::open_in(scratch, &["--uri", NOWHERE], &[("HOME", home)]);
        terminal.line("let there = 20");
        terminal.keys(UP);
        terminal.wait_for("> let there = 20\n");
        terminal.cancel();
        terminal.line("there + 1");
        terminal.wait_for("\n21\n");
        let screen = terminal.screen();
        assert!(!screen.contains("error"), "HOME={home}: {screen}");
        terminal.keys(CTRL_D);
        assert_eq!(terminal.end(), 0, "HOME={home}");
    }
}

#[test]
fn parallel_prompts_share_a_limited_history() {
    let home = Arc::new(Scratch::new());
    home.write(".config/seaworthy/config.toml", "history_size = 6\n");
    let open = || Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE], &[]);
    let (mut one, mut other) = (open(), open());
    for number in 0..5 {
        one.line(&format!("\"one {number}\""));
        other.line(&format!("\"other {number}\""));
    }
    for terminal in [&mut one, &mut other] {
        terminal.keys(CTRL_D);
        assert_eq!(terminal.end(), 0);
    }
    let mut third = open();
    third.line(":history 50");
    let screen = third.screen();
    for kept in ["one 4", "other 4", "one 3", "other 3"] {
        assert!(screen.contains(kept), "{kept}: {screen}");
    }
    assert!(!screen.contains("one 0"), "{screen}");
}

#[test]
fn a_cut_off_history_line_damages_no_other() {
    let home = Arc::new(Scratch::new());
    let lines = "#V2\nlet first = 1\ntwo\\nlines\nlet thi";
    home.write(".local/state/seaworthy/history", lines);
    let mut terminal = Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE], &[]);
    terminal.line("let fourth = 4");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
    let file = home.path().join(".local/state/seaworthy/history");
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(text, format!("{lines}\nlet fourth = 4\n"));
}

#[test]
fn the_history_does_not_show_a_password() {
    let mut terminal = Terminal::open(NOWHERE);
    terminal.line("let plain = 1");
    terminal.line("let password = \"hunter2\"");
    terminal.keys("\x0c");
    terminal.line(":history");
    terminal.wait_for("let plain = 1");
    assert!(!terminal.screen().contains("hunter2"));
}

#[test]
fn lines_are_run_from_and_saved_to_files() {
    let home = Arc::new(Scratch::new());
    home.write("part.rhai", "let from_file = 20;\nfn twice(x) { x * 2 }\n");
    home.write(
        "editor",
        "#!/bin/sh\necho 'let edited = 1;\nedited + 1' > \"$1\"\n",
    );
    let editor = home.path().join("editor");
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let mut terminal = Terminal::open_in(Arc::clone(&home), &["--uri", NOWHERE], &variables);
    terminal.line(":run part.rhai");
    terminal.line("from_file + 1");
    terminal.wait_for("\n21\n");
    terminal.line("_ * 2");
    terminal.wait_for("\n42\n");
    terminal.keys(":edit\r");
    terminal.wait_for("edited + 1");
    terminal.keys("\r");
    terminal.wait_for("\n2\n");
    terminal.line("this is wrong");
    terminal.line("let password = \"hunter2\"");
    terminal.line(":save session.rhai");
    terminal.wait_for("`seaworthy run session.rhai` runs it");
    // An existing file is not overwritten.
    terminal.line(":save session.rhai");
    terminal.wait_for("cannot be written");
    let saved = home.path().join("session.rhai");
    shows("prompt", "saved", &std::fs::read_to_string(&saved).unwrap());
    let ran = command().arg("run").arg(&saved).output().unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
