//! The prompt with a server.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::doc;
use seaworthy::server::{self, ReplicaSet, SetOptions, Silent};

use crate::support::{
    Database, Home, Scratch, Terminal, eventually, eventually_within, is_alive, kill_9,
    shared_mongod, shows,
};

/// The time in which a lost server is noticed and a started one is found.
const SOON: Duration = Duration::from_secs(30);

/// Returns the screen. The first prompt may or may not already know the server.
fn screen_of(terminal: &Terminal) -> String {
    let screen = terminal.screen();
    match screen.find("\nlessons> ") {
        Some(_) => screen,
        None => screen.replacen("lessons primary> ", "lessons> ", 1),
    }
}

#[test]
fn cursors_are_shown_in_pages_and_as_tables() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open_tall(lease.uri().expose());
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
    shows("prompt", "cursor", &screen_of(&terminal));
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
    terminal.wait_for("\n42\nlessons primary>\n");
    terminal.line(":jobs");
    terminal.wait_for("[1] watch inventory: running, 1 change");
    terminal.line(":stop 1");
    terminal.wait_for("\nstopped\nlessons primary>\n");
    shows("prompt", "watch", &screen_of(&terminal));
}

#[test]
fn traced_commands_come_above_the_line_being_typed() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose();
    let scratch = Arc::new(Scratch::new());
    let mut terminal = Terminal::open_in(scratch, &["--uri", uri, "--trace"], &[]);
    terminal.line("let seen = db.inventory.watch()");
    terminal.line("let later = background(|| { seen.next(60); db.sold.insert_one(#{ _id: 1 }) })");
    terminal.keys("let half = ");
    terminal.wait_for("let half =");
    let others = Database::at(uri);
    let insert = doc! { "insert": "inventory", "documents": [{ "_id": 7 }] };
    others.run("lessons", insert).unwrap();
    terminal.wait_for("trace: insert on `lessons`");
    terminal.keys("21 * 2; half\r");
    terminal.wait_for("let half = 21 * 2; half\n42\n");
}

#[test]
fn the_prompt_survives_a_server_restart() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open(lease.uri().expose());
    terminal.line("let kept = 7; db.x.insert_one(#{ _id: kept })");
    terminal.wait_for("lessons primary>");
    terminal.line(":watch x");
    terminal.wait_for("`:stop 1` ends it");
    // The prompt does not hold this server, so it stops with the lease.
    drop(lease);
    home.wait_until_empty();
    // Shown above the line, and in the next prompt.
    terminal.keys("kept");
    eventually_within(SOON, "the prompt shows `no server`", || {
        terminal.screen().contains("\nno server\n")
    });
    terminal.keys("\r");
    terminal.wait_for("> kept\n7\nlessons no server>");
    let lease = home.join();
    terminal.line("db.x.find_one(kept)");
    terminal.wait_for("#{ _id: 7 }");
    eventually_within(SOON, "the prompt shows the server again", || {
        terminal.line("");
        terminal.screen().ends_with("lessons primary>")
    });
    // The watch continues without losing an event.
    let insert = doc! { "insert": "x", "documents": [{ "_id": 8 }] };
    Database::at(lease.uri().expose())
        .run("lessons", insert)
        .unwrap();
    terminal.wait_for("insert #{ _id: 8 }");
}

#[test]
fn a_killed_mongod_is_restarted_for_the_next_line() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open(lease.uri().expose());
    terminal.line("db.x.insert_one(#{ _id: 0 })");
    terminal.wait_for("#{ inserted_id: 0 }");
    // Reads and writes wait until the restarted server is the primary again.
    for round in 1..=2 {
        let mongod = home.mongods()[0];
        kill_9(mongod);
        eventually("the mongod is gone", || !is_alive(mongod));
        terminal.line("db.x.count_documents()");
        terminal.wait_for(&format!("\n{round}\n"));
        let mongod = home.mongods()[0];
        kill_9(mongod);
        eventually("the mongod is gone", || !is_alive(mongod));
        terminal.line(&format!("db.x.insert_one(#{{ _id: {round} }})"));
        terminal.wait_for(&format!("#{{ inserted_id: {round} }}"));
    }
}

#[test]
fn the_prompt_counts_missing_members() {
    let home = Home::new();
    let settings = home.settings();
    let mongod = server::find(&settings, &Silent).unwrap();
    let set = ReplicaSet::start(SetOptions::private(3), &mongod, &settings, &Silent).unwrap();
    let mut terminal = Terminal::open(set.uri().expose());
    terminal.line("client.ping() >= 0");
    terminal.wait_for("lessons primary>");
    let secondary = Arc::clone(set.secondaries()[0]);
    secondary.kill().unwrap();
    eventually_within(SOON, "the prompt shows the killed member", || {
        terminal.line("");
        terminal.screen().ends_with("lessons primary, 1 of 3 down>")
    });
    secondary.start().unwrap();
    eventually_within(SOON, "the prompt shows no missing member", || {
        terminal.line("");
        terminal.screen().ends_with("lessons primary>")
    });
}

#[test]
fn commands_that_need_a_server() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open_tall(lease.uri().expose());
    terminal
        .line("db.trucks.insert_many([#{ _id: 1, city: \"Kiel\" }, #{ _id: 2, city: \"Jena\" }])");
    terminal.line("show collections");
    terminal.keys(":use shop\r");
    terminal.wait_for("\nshop primary>");
    terminal.keys(":collections\r");
    terminal.wait_for("`shop` has no collections\nshop primary>");
    terminal.keys("use lessons\r");
    terminal.wait_for("shop primary> use lessons\nlessons primary>");
    for line in [
        ":explain db.trucks.find(#{ city: \"Kiel\" })",
        "db.trucks.create_index(\"city\")",
        ":explain db.trucks.find(#{ city: \"Kiel\" })",
        "help(db.trucks.find().sort(\"city\"))",
        "?try_next",
    ] {
        terminal.line(line);
    }
    let screen = terminal.screen();
    // Without times, and without the server state in the prompt.
    let screen: Vec<String> = screen
        .lines()
        .map(|line| match line.split_once(", time: ") {
            Some((before, _)) => format!("{before}, time: …"),
            None => line.replace("lessons primary>", "lessons>"),
        })
        .collect();
    shows("prompt", "server", &screen.join("\n"));
    terminal.line(":databases");
    terminal.wait_for("local");
    terminal.line(":status");
    terminal.wait_for("connections open");
    terminal.line(":time db.trucks.count_documents()");
    terminal.wait_for(" ms\n");
}

#[test]
fn ctrl_c_ends_a_running_query() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open(lease.uri().expose());
    terminal.line("db.x.insert_one(#{ _id: 1 })");
    terminal.line("let task = background(|| { sleep(0.1); db.x.find_one()._id }); 0");
    terminal.keys("db.x.find(#{ \"$where\": \"sleep(60000) || true\" }).to_array()\r");
    terminal.wait_for("to_array()\n");
    std::thread::sleep(Duration::from_millis(300));
    let pressed = Instant::now();
    terminal.keys("\x03");
    terminal.wait_for("error[Interrupted]");
    println!("ended {:?} after Ctrl-C", pressed.elapsed());
    // The background task continues.
    terminal.line("task.join()");
    terminal.wait_for("\n1\n");
}

#[test]
fn tab_does_not_wait_for_a_server() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose().to_owned();
    let mut terminal = Terminal::open(&uri);
    terminal.line("db.harbours.insert_one(#{ depth: 1 })");
    drop(lease);
    home.wait_until_empty();
    terminal.keys("db.har\t_masters.fi\t_o");
    // Without a server nothing is completed, and no key is lost.
    terminal.wait_for("_masters.find_o");
}

#[test]
fn the_prompt_starts_the_private_server() {
    let home = Home::new();
    let (mongod, folders) = (shared_mongod(), &home.folders);
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let variables = [
        ("SEAWORTHY_MONGOD", path(&mongod)),
        ("XDG_DATA_HOME", path(folders.data.as_path())),
        ("XDG_STATE_HOME", path(folders.state.as_path())),
        (
            "XDG_RUNTIME_DIR",
            path(folders.runtime.as_ref().unwrap().parent().unwrap()),
        ),
    ];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut terminal = Terminal::open_in(Arc::new(Scratch::new()), &[], &variables);
    terminal.line("db.x.insert_one(#{ _id: 1 })");
    terminal.wait_for("inserted_id: 1");
    terminal.line(":server");
    terminal.wait_for("6.0");
    terminal.line(":lesson");
    terminal.wait_for("lesson");
    terminal.line(":exercise");
    terminal.wait_for("0 of 20 solved");
    terminal.line(":exercise 8 --dir ex");
    terminal.wait_for("has no unique index on `truck_id`: nothing stops");
    terminal.wait_for("Again");
    terminal.line("db.x.count_documents()");
    terminal.wait_for("\n1\n");
    terminal.keys("\x04");
    assert_eq!(terminal.end(), 0);
    home.wait_until_empty();
}

#[test]
fn exercises_at_the_prompt_use_its_server() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose().to_owned();
    let host = lease.uri().hosts()[0].clone();
    let folder = Arc::new(Scratch::new());
    let variables = [(
        "SEAWORTHY_MONGOD",
        shared_mongod().to_str().unwrap().to_owned(),
    )];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let open = |args: &[&str]| Terminal::open_in(Arc::clone(&folder), args, &variables);
    // Without `--allow-changes`, an exercise must not change this server.
    let mut terminal = open(&["--uri", &uri]);
    terminal.line(":exercise 8 --dir 'my answers'");
    terminal.wait_for("is not allowed on");
    terminal.keys("\x04");
    assert_eq!(terminal.end(), 0);
    let mut terminal = open(&["--uri", &uri, "--allow-changes", &host]);
    terminal.line(":exercise 8 --dir 'my answers'");
    terminal.wait_for("Again");
    terminal.line("client.list_database_names().some(|name| name.starts_with(\"08_\"))");
    terminal.wait_for("\ntrue\n");
    terminal.keys("\x04");
    assert_eq!(terminal.end(), 0);
    assert!(folder.path().join("my answers").is_dir());
}

#[test]
fn use_switches_to_the_client_of_a_variable() {
    let home = Home::new();
    let lease = home.join();
    let mongod = shared_mongod();
    let variables = [("SEAWORTHY_MONGOD", mongod.to_str().unwrap())];
    let scratch = Arc::new(Scratch::new());
    let args = ["--uri", lease.uri().expose()];
    let mut terminal = Terminal::open_sized((100, 200), scratch, &args, &variables);
    terminal.line("db.here.insert_one(#{ _id: 1 })");
    terminal.line("let rs = replica_set(#{ members: 1 })");
    terminal.keys(":use shop\r");
    terminal.wait_for("\nshop primary>");
    terminal.keys(":use rs\r");
    terminal.wait_for("`client` and `db` are those of `rs`; `:use client` goes back");
    terminal.keys("db.there.insert_one(#{ _id: 2 })\r");
    terminal.wait_for("inserted_id: 2");
    terminal.wait_for("rs:shop primary>");
    terminal.keys(":status\r");
    terminal.wait_for("m0.sock");
    terminal.keys(":databases\r");
    terminal.wait_for("\nshop\n");
    // Functions use it too.
    terminal
        .keys("fn count() { db.there.count_documents() } [count(), client.shop.there.full_name]\r");
    terminal.wait_for("[1, \"shop.there\"]");
    terminal.keys(":use client\r");
    terminal.wait_for("`client` and `db` are those of the session again");
    terminal.wait_for("\nshop primary>");
    terminal.keys("[count(), client.lessons.here.count_documents()]\r");
    terminal.wait_for("[0, 1]");
    terminal.keys("let other = connect(#{ app_name: \"other\" })\r");
    terminal.wait_for("app_name: \"other\" })\nshop primary>");
    terminal.keys(":use other\r");
    terminal.wait_for("those of `other`");
    terminal.keys("client.options.app_name\r");
    terminal.wait_for("\n\"other\"\n");
}

#[test]
fn nothing_found_is_explained_if_a_name_is_nearly_right() {
    let home = Home::new();
    let lease = home.join();
    let mut terminal = Terminal::open_tall(lease.uri().expose());
    terminal.line("db.orders.insert_one(#{ _id: 1, seats: 4 })");
    terminal.line("db.order.find()");
    terminal.wait_for("there is no collection `order`: did you mean `orders`?");
    terminal.line("db.orderz.count_documents()");
    terminal.wait_for("there is no collection `orderz`: did you mean `orders`?");
    terminal.line("db.orders.find_one(#{ seats: #{ gt: 1 } })");
    terminal.wait_for("`gt` is the name of a field here: the operator is `$gt`");
    terminal.line("db.orders.find_one(#{ _id: \"507f1f77bcf86cd799439011\" })");
    terminal.wait_for("write `ObjectId(\"507f1f77bcf86cd799439011\")`");
    terminal.line("let id = \"507f1f77bcf86cd799439012\"");
    terminal.line("db.orders.find(#{ seats: 4, truck_id: id })");
    terminal.wait_for("write `ObjectId(id)`");
    terminal.line("7 / 2");
    terminal.wait_for("\n3\na division of whole numbers is whole: `7 / 2.0` keeps the rest");
    terminal.line("let seats = 9");
    terminal.line("10 / seats");
    terminal.wait_for("`10 * 1.0 / seats` keeps the rest");
    let before = terminal.screen().matches("there is no collection").count();
    terminal.line("db.orders.find(#{ _id: 9 })");
    terminal.line("db.ships.find()");
    terminal.line("8 / 2");
    let after = terminal.screen();
    assert_eq!(
        after.matches("there is no collection").count(),
        before,
        "{after}"
    );
    assert_eq!(after.matches("keeps the rest").count(), 2, "{after}");
}
