//! Sessions at the prompt with a server.

use bson::doc;

use crate::support::{Database, Home, Terminal, shows};

#[test]
fn cursors_are_shown_a_page_at_a_time_and_as_tables() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open(lease.uri().expose());
    terminal.resize(80, 60);
    terminal.wait_for("lessons");
    terminal.line("for i in 0..25 { db.trucks.insert_one(#{ _id: i, city: \"Kiel\" }) }");
    terminal.line("db.trucks.find()");
    terminal.wait_for("`it` shows more");
    terminal.line("it");
    terminal.wait_for("_id: 24");
    terminal.line(":table");
    terminal.line("db.trucks.find().limit(2)");
    terminal.line("db.trucks.insert_many([#{ _id: 50 }, #{ _id: 51 }])");
    terminal.line("db.trucks.insert_one(#{ _id: 1 })");
    shows("prompt", "cursor", &terminal.screen());
    terminal.keys("db.tru\t.find(#{ \"ci\t");
    terminal.wait_for("db.trucks.find(#{ \"city");
}

#[test]
fn a_watch_shows_changes_above_the_line_being_typed() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose();
    let mut terminal = Terminal::open(uri);
    terminal.line(":watch inventory");
    terminal.wait_for("`:stop 1` ends it");
    terminal.keys("let half = ");
    terminal.wait_for("let half =");
    let others = Database::at(uri);
    let insert = doc! { "insert": "inventory", "documents": [{ "_id": 7, "n": 1 }] };
    others.run("lessons", insert).unwrap();
    terminal.wait_for("insert #{ _id: 7, n: 1 }");
    terminal.keys("21 * 2; half");
    terminal.keys("\r");
    terminal.wait_for("\n42\n");
    terminal.line(":jobs");
    terminal.wait_for("[1] watch inventory: running, 1 change");
    terminal.line(":stop 1");
    terminal.wait_for("stopped");
    shows("prompt", "watch", &terminal.screen());
}
