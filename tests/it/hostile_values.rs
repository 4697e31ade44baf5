use crate::support::{SharedServer, eval, seaworthy, shows};

/// Runs code on a real server and compares the printed lines.
fn says(database: &str, code: &str, lines: &[&str]) {
    let server = SharedServer::get();
    let code = format!(
        "fn tried(deed) {{ try {{ deed.call(); print(\"no error\"); }} catch (err) {{ print(`${{err.kind}}: ${{err.message}}`); }} }}
         db.drop();
         {code}
         db.drop();"
    );
    let ran = server.eval(database, &code);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    let said: Vec<&str> = ran.out.lines().collect();
    assert_eq!(said, lines, "{}", ran.errors);
}

/// The same, but `tried` prints only the error kind, because the server writes the message.
fn kinds(database: &str, code: &str, kinds: &[&str]) {
    let server = SharedServer::get();
    let code = format!(
        "fn tried(deed) {{ try {{ deed.call(); print(\"no error\"); }} catch (err) {{ print(err.kind); }} }}
         db.drop();
         {code}
         db.drop();"
    );
    let ran = server.eval(database, &code);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), kinds, "{}", ran.errors);
}

#[test]
fn a_document_of_seventeen_megabytes_is_refused() {
    kinds(
        "hostile_big",
        "let big = \"0123456789abcdef\";
         for n in 0..16 { big += big; }
         let rest = big;
         for n in 0..4 { big += big; }
         big += rest;
         tried(|| db.c.insert_one(#{ big: big }));
         tried(|| db.c.insert_many([#{ _id: 1 }, #{ _id: 2, big: big }, #{ _id: 3 }]));
         db.c.delete_many(#{});
         db.c.insert_one(#{ _id: 4 });
         tried(|| db.c.update_one(#{ _id: 4 }, #{ \"$set\": #{ big: big } }));
         tried(|| db.c.replace_one(#{ _id: 4 }, #{ big: big }));
         tried(|| db.c.find(#{ big: big }).to_array());
         print(db.c.count_documents());",
        &[
            "DocumentTooLarge",
            "DocumentTooLarge",
            "DocumentTooLarge",
            "DocumentTooLarge",
            "DocumentTooLarge",
            "1",
        ],
    );
}

#[test]
fn nesting_is_limited_only_by_the_server() {
    kinds(
        "hostile_deep",
        "fn deep(levels) { let d = #{}; for n in 0..levels { d = #{ x: d }; } d }
         db.c.insert_one(#{ _id: 1, d: deep(170) });
         print(db.c.find_one(1).d == deep(170));
         tried(|| db.c.insert_one(#{ d: deep(200) }));
         tried(|| db.c.insert_one(#{ d: deep(399) }));
         tried(|| db.c.insert_one(#{ d: deep(1000) }));
         print(db.c.count_documents());",
        &[
            "true",
            "CommandFailed",
            "CommandFailed",
            "InvalidArgument",
            "1",
        ],
    );
}

#[test]
fn field_names_are_never_changed() {
    says(
        "hostile_names",
        "tried(|| db.c.insert_one(#{ \"a\\x00b\": 1 }));
         tried(|| db.c.find(#{ \"a\\x00b\": 1 }).to_array());
         for name in [\"\", \"a.b\", \"$x\", \"ü\", \" \"] {
             let d = #{ _id: name, inside: #{} };
             d.inside[name] = 1;
             db.c.insert_one(d);
             print(db.c.find_one(#{ _id: name }).inside == d.inside);
         }
         db.c.insert_one(#{ _id: \"top\", \"a.b\": 1, \"\": 2 });
         print(db.c.find_one(\"top\"));",
        &[
            "InvalidArgument: the document has a field name with a NUL byte: \"a\\0b\"",
            "InvalidArgument: the document has a field name with a NUL byte: \"a\\0b\"",
            "true",
            "true",
            "true",
            "true",
            "true",
            "#{ _id: \"top\", \"a.b\": 1, \"\": 2 }",
        ],
    );
}

#[test]
fn invalid_calls_are_refused() {
    kinds(
        "hostile_calls",
        "db.c.insert_one(#{ _id: 1 });
         tried(|| db.c.insert_many([]));
         tried(|| db.c.update_one(#{}, #{ n: 1 }));
         tried(|| db.c.update_many(#{}, #{ n: 1 }));
         tried(|| db.c.update_one(#{}, #{}));
         tried(|| db.c.replace_one(#{}, #{ \"$set\": #{ n: 1 } }));
         tried(|| db.c.insert_one(#{ cursor: db.c.find() }));
         tried(|| db.c.find(#{ cursor: db.c.find() }).to_array());
         tried(|| db.c.insert_one(#{ where: [db.c, client] }));
         tried(|| ObjectId(\"not an id\"));
         tried(|| ObjectId(\"65b2f0a1c3d4e5f60123456\"));
         tried(|| parse_ejson(\"{\\\"$oid\\\": \\\"65b2\\\"}\"));
         print(db.c.find().to_array());",
        &[
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "InvalidId",
            "InvalidId",
            "InvalidId",
            "[#{ _id: 1 }]",
        ],
    );
}

#[test]
fn extreme_numbers_and_dates_are_kept() {
    let values = [
        "Double(\"NaN\")",
        "Double(\"Infinity\")",
        "Double(\"-Infinity\")",
        "-0.0",
        "Decimal128(\"9.999999999999999999999999999999999E+6144\")",
        "Decimal128(\"1E-6176\")",
        "Decimal128(\"-0\")",
        "Decimal128(\"NaN\")",
        "Decimal128(\"Infinity\")",
        "Int64(\"-9223372036854775808\")",
        "DateTime(Int64(\"253402300800000\"))",
        "DateTime(Int64(\"9223372036854775807\"))",
        "DateTime(Int64(\"-9223372036854775808\"))",
    ];
    for (index, value) in values.iter().enumerate() {
        // Output can be used as source. Compared as text, because NaN is not equal to itself.
        says(
            "hostile_ends",
            &format!(
                "let v = {value};
                 db.c.insert_one(#{{ _id: {index}, v: v }});
                 let back = db.c.find_one({index}).v;
                 print(`${{[back]}}` == `${{[v]}}`);
                 print(ejson(back, \"canonical\") == ejson(v, \"canonical\"));
                 print(`${{[parse_ejson(ejson(back, \"canonical\"))]}}` == `${{[v]}}`);
                 print(`${{eval(`${{[back]}}`)}}` == `${{[v]}}`);"
            ),
            &["true"; 4],
        );
    }
}

#[test]
fn unacknowledged_writes_are_refused_when_connecting() {
    let ran = eval("connect(\"mongodb://127.0.0.1:1/?w=0\")");
    assert_eq!(ran.code, Some(1));
    shows("errors", "uri_without_an_answer", &ran.errors);
    let ran = seaworthy(&["--uri", "mongodb://127.0.0.1:1/?w=0", "eval", "1"]);
    assert_eq!(ran.code, Some(2), "{}", ran.errors);
    assert!(ran.errors.contains("`w: 0`"), "{}", ran.errors);
    for code in [
        "connect(#{ w: 0 })",
        "connect(#{ write_concern: #{ w: 0 } })",
    ] {
        let code = format!("try {{ {code} }} catch (err) {{ print(err.kind) }}");
        let ran = seaworthy(&["--uri", "mongodb://127.0.0.1:1/", "eval", &code]);
        assert_eq!(ran.out, "InvalidArgument\n", "{code}: {}", ran.errors);
    }
}

/// The driver would panic: it reads two bytes after the `%`, which may be a part of a character.
#[test]
fn an_invalid_percent_sign_is_refused() {
    for uri in ["mongodb://%ࠀzz@h", "mongodb://ada:%é@h", "mongodb://a%2@h"] {
        let ran = seaworthy(&["--uri", uri, "eval", "1"]);
        assert_eq!(ran.code, Some(2), "{uri}: {}", ran.errors);
        assert!(ran.errors.contains("%25"), "{uri}: {}", ran.errors);
        let ran = eval(&format!(
            "try {{ connect(\"{uri}\") }} catch (err) {{ print(err.kind) }}"
        ));
        assert_eq!(ran.out, "InvalidUri\n", "{uri}: {}", ran.errors);
    }
}
