//! `:timeline` at the prompt.

use std::sync::Arc;

use crate::support::{Home, Scratch, Terminal};

#[test]
fn timeline_at_the_prompt_draws_the_last_line() {
    let (home, folder) = (Home::new(), Arc::new(Scratch::new()));
    let lease = home.join();
    let args = ["--uri", lease.uri().expose()];
    let mut terminal = Terminal::open_sized((100, 400), Arc::clone(&folder), &args, &[]);
    terminal.line(":timeline");
    terminal.wait_for("no line has run yet");
    terminal.line("db.trucks.insert_one(#{ _id: 1, city: \"Kiel\" })");
    terminal.line("db.trucks.insert_one(#{ _id: 1, password: \"hunter2\" })");
    terminal.keys(":timeline\r");
    terminal.wait_for("insert_one DuplicateKey");
    terminal.wait_for(": 1 failed, 0 with unknown outcome\nlessons");
    terminal.line("db.trucks.find_one(1)");
    terminal.line(":timeline trucks.html");
    terminal.wait_for("`trucks.html` is the timeline of the last line");
    let page = std::fs::read_to_string(folder.path().join("trucks.html")).unwrap();
    assert!(page.contains("find_one") && !page.contains("insert_one"));
    terminal.line(":timeline trucks.png");
    terminal.wait_for("`.svg` (a picture)");
    terminal.line(":timeline none/trucks.svg");
    terminal.wait_for("the timeline `none/trucks.svg` cannot be written");
}
