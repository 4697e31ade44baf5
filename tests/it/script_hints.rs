use crate::support::{run_script, shows};

/// Code from habits of JavaScript and Python, and a part of the expected hint.
const HABITS: &[(&str, &str)] = &[
    ("let d = { a: 1 };", "`let d = #{ a: 1 };`"),
    ("let d = {\n    \"a\": 1,\n};", "let d = #{"),
    ("print({ $gt: 5 });", "`print(#{ $gt: 5 })`"),
    ("foo({});", "`#{}`"),
    (
        "let rate = 2; fn f(x) { x * rate } f(1)",
        "`fn f` does not see variables outside of it",
    ),
    ("let x = None;", "the null value is `()`"),
    ("let x = null;", "`let x = ();`"),
    ("let x = nil;", "the null value is `()`"),
    ("let x = undefined;", "`let x = ();`"),
    ("while True { }", "write `true`"),
    ("let x = False;", "write `false`"),
    ("const x = 1; x = 2;", "let x = 1;"),
    ("const x = [1]; x.push(2);", "declare it with `let`"),
    ("let s = 'hello';", "`let s = \"hello\";`"),
    ("[1].map(x => x);", "`[1].map(|x| x)`"),
    ("let f = (x) => x;", "`let f = |x| x;`"),
    ("let f = lambda x: x;", "`|x| x + 1`"),
    ("let f = function(x) { x };", "let f = |x| {"),
    ("function f(x) { x }", "fn f(x) {"),
    ("def f(x): return x", "fn f(x) {"),
    ("async fn f() { }", "leave it out"),
    ("let x = await f();", "leave it out"),
    ("let x = new ObjectId();", "`let x = ObjectId();`"),
    ("let x = new Date();", "`let x = now();`"),
    ("throw new Error(\"x\");", "`throw \"x\";`"),
    ("raise \"x\";", "`throw \"message\";`"),
    ("import pymongo", "no import is needed"),
    ("from pymongo import MongoClient", "no import is needed"),
    ("if true { } elif true { }", "`else if`"),
    ("let x = true and false;", "`&&`"),
    ("let x = true or false;", "`||`"),
    ("let x = not true;", "`!x`"),
    ("let x = true; if not x { }", "write `!x`"),
    (
        "db.createUser({\n    user: \"a\", pwd: passwordPrompt(), roles: []\n})",
        "column 21: `passwordPrompt` is not translated",
    ),
    (
        "connect(\"localhost:27017\")",
        "`mongodb://localhost:27017`",
    ),
    ("print(f\"hello {name}\");", "`hello ${name}`"),
    ("length([1]);", "`len()`"),
    ("[1].length;", "`len()`"),
    ("\"a\".size();", "`len()`"),
    ("for (let x of [1]) { }", "`for x in [1] { }`"),
    ("for (x in [1]) { }", "`for x in list { … }`"),
    ("for x of [1] { }", "`for x in list { … }`"),
    ("for (let i = 0; i < 5; i++) { }", "`for i in 0..5 { }`"),
    ("for i in 5 { }", "`for i in 0..n { … }`"),
    ("let x = 1; x++;", "let x = 1;"),
    ("if 1 === 1 { }", "write `==`"),
    ("if 1 !== 1 { }", "write `!=`"),
    ("let n = 1; if n { } else if 2 { }", "`n != 0`"),
    (
        "let x = true ? 1 : 2;",
        "`let x = if true { 1 } else { 2 };`",
    ),
    (
        "let x = 1 if true else 2;",
        "`if condition { a } else { b }`",
    ),
    ("var x = 1;", "`let x = 1;`"),
    ("let { a, b } = 1;", "`let a = doc.a;`"),
    ("let [a, b] = [1, 2];", "`let a = list[0];`"),
    ("console.log(1);", "`print(1)`"),
    ("println(1);", "`print(…)`"),
    ("x = 5;", "`let x = …;`"),
    ("try { } catch e { }", "`try { … } catch (err) { … }`"),
    ("try { } except { }", "`try { … } catch (err) { … }`"),
    ("let x: int = 5;", "variables have no types"),
    ("fn f(a: int) { }", "parameters have no types"),
    ("fn f(a = 1) { }", "parameters have no defaults"),
    ("# a comment", "`// a comment`"),
    ("switch 1 { case 1: 2 }", "`1 => …,`"),
    ("if (true) print(1);", "if true {"),
    ("[1].toArray().indexOf(1);", "`[1].index_of(1)`"),
    ("[1].indexOf(1);", "`[1].index_of(1)`"),
    ("[1].isEmpty();", "`is_empty`"),
    ("prnit(1);", "did you mean `print`?"),
    (
        "let shipments = 1; print(shipmnets);",
        "did you mean `shipments`?",
    ),
    ("[1].add(2);", "`push(x)`"),
    ("str(5);", "`5.to_string()`"),
    ("let match = 5;", "`switch"),
    ("pass", "`{ }`"),
    ("let if = 1;", "cannot be a name"),
    ("#{ city: Kiel };", "`\"Kiel\"`"),
    ("DuplicateKey", "`errors::DuplicateKey`"),
    (
        "db.x.update_one(#{}, #{}, upsert=true)",
        "`db.x.update_one(#{}, #{}, #{ upsert: true })`",
    ),
    (
        "db.x.find(#{}, #{ _id: 0 })",
        "`#{ projection: #{ _id: 0 } }`",
    ),
    (
        "db.x.create_index([(\"city\", 1)])",
        "`db.x.create_index(#{ city: 1 })`",
    ),
    ("random.choice([1])", "`random::choice(…)`"),
    ("datetime.now()", "`now()`"),
    ("[x for x in [1]]", "`[1]`"),
    ("print(\"a\", \"b\")", "`` print(`${a} ${b}`) ``"),
    ("#{ a: 1 }.items()", "`document.keys()`"),
    (
        "for (name, value) in #{ a: 1 }.items() { }",
        "`for (name, value) in doc { … }`",
    ),
    (
        "let d = #{ a: 1 }; for name in d { }",
        "`for (name, value) in doc { … }`",
    ),
    ("db.killOp(1)", "`client.kill_op(id)`"),
    ("\"a\" * 3", "`\"\".pad_end(3, \"a\")`"),
    ("import json", "`parse_json(text)`"),
    ("show users", "`db.users()`"),
    ("try { } finally { }", "there is no `finally`"),
    ("let a = 1, b = 2;", "let a = 1;"),
    ("db.drop_collection(\"x\")", "`db.x.drop()`"),
    ("\"A\".toLowerCase()", "`\"A\".to_lower()`"),
    ("[1, 2].slice(0, 1)", "`extract(start, count)`"),
    ("u::K", "`import \"u\" as u;`"),
    ("let i = 1; #{ a: 1, i }", "let i = 1;"),
    ("use", "`:use NAME`"),
    ("help(find)", "`help(\"find\")`"),
    ("order", "is a method of an Array"),
    ("db.x.countDocuments({})", "`db.x.count_documents(#{})`"),
    ("[1].map(|a, b, c| a)", "`|x, index| …`"),
    ("timed(|x| x)", "write `|| …`"),
    ("parallel(3, 3, || 1)", "write `|x| …`"),
    ("#{ a: 1 }.map(|a, b, c| a)", "write `|a, b| …`"),
];

/// Code that needs a server, which may report its start.
const WITH_A_SERVER: &[(&str, &str)] = &[
    ("list(db.x.find())", "`db.x.find().to_array()`"),
    ("db.x.find()[0]", "`cursor.to_array()[0]`"),
];

#[test]
fn habits_from_other_languages_get_a_hint() {
    let mut missed = Vec::new();
    for (code, hint) in HABITS.iter().chain(WITH_A_SERVER) {
        let errors = run_script(code).errors;
        if !errors.contains("= help:") || !errors.contains(hint) {
            missed.push(format!("{code}\n{errors}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn hints_match_their_snapshot() {
    let all: Vec<String> = HABITS
        .iter()
        .map(|(code, _)| run_script(code).errors)
        .collect();
    shows("errors", "habits", &all.join("\n"));
}
