use crate::support::run_script;

/// Runs a script that asserts what it expects.
fn holds(script: &str) {
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{script}\n{}", ran.errors);
}

#[test]
fn try_and_catch_return_the_last_value_of_the_block_that_ended() {
    holds(
        r#"
        fn constant() { try { f(); "done" } catch { "failed" } }
        fn f() {}
        fn number() { try { 4 } catch { 5 } }
        fn handler() { try { throw 1; } catch { "handled" } }
        fn flag() { try { [1][7]; true } catch (err) { err.kind == "Script" } }
        fn returned() { try { return 1; } catch { 2 } 3 }
        fn nested() { try { try { throw 1; } catch (a) { throw a + 1; } } catch (b) { b * 10 } }
        assert_eq(constant(), "done");
        assert_eq(number(), 4);
        assert_eq(handler(), "handled");
        assert(flag());
        assert_eq(returned(), 1);
        assert_eq(nested(), 20);
        let value = try { throw "x"; } catch (err) { err + "y" };
        assert_eq(value, "xy");
        assert_eq([1, 2].map(|n| try { if n == 1 { throw n; } n } catch (e) { -e }), [-1, 2]);
        "#,
    );
}

#[test]
fn a_handler_sees_its_error_and_the_variables_around_it() {
    holds(
        r#"
        let err = "outer";
        let n = 1;
        let seen = [];
        try { throw "inner"; } catch (err) {
            n += 1;
            let f = || err + n;
            seen.push(f.call());
            let err = "own";
            seen.push(err);
        }
        assert_eq(seen, ["inner2", "own"]);
        assert_eq(err, "outer");
        try { throw 1; } catch { let x; assert_eq(x, ()); }
        try { throw 1; } catch (unused) { let x; assert_eq(x, ()); }
        try { throw 1; } catch (unused) { }
        let task = background(|| try { throw "late"; } catch (e) { let g = || e; g.call() });
        assert_eq(task.join(), "late");
        let after = 10;
        assert_eq(n + after, 12);
        let i = 0;
        loop {
            i += 1;
            try { if i < 3 { continue; } break; } catch { assert(false); }
        }
        assert_eq(i, 3);
        for k in 0..3 { try { throw k; } catch (e) { if e == 1 { break; } n = e; } }
        assert_eq(n, 0);
        "#,
    );
}

#[test]
fn a_bare_throw_passes_the_error_on_unchanged() {
    let ran = run_script("try {\n    let a = [1];\n    a[5];\n} catch (err) {\n    throw;\n}");
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains(":3:"), "{}", ran.errors);
    holds(
        r#"
        let kind = try {
            try { ObjectId("x") } catch (err) { throw; }
        } catch (err) { err.kind };
        assert_eq(kind, errors::InvalidId);
        "#,
    );
}

#[test]
fn every_thrown_value_has_a_kind() {
    holds(
        r#"
        for value in [1, 0.5, true, 'c', "text", [1], #{ a: 1 }] {
            try { throw value; } catch (err) {
                assert_eq(err.kind, "Thrown");
                assert_eq(err, value);
            }
        }
        try { throw #{ kind: "own" }; } catch (err) { assert_eq(err.kind, "own"); }
        let plain = #{ a: 1 };
        assert_eq(plain.kind, ());
        try { nothing_like_this(1); } catch (err) {
            assert_eq(err.kind, "Script");
            assert_eq(err.error, "ErrorFunctionNotFound");
        }
        "#,
    );
}

#[test]
fn extended_json_with_surplus_or_missing_fields_is_refused() {
    for text in [
        r#"{"$date": 42}"#,
        r#"{"$date": {"$numberLong": "1", "x": 1}}"#,
        r#"{"$regularExpression": {"pattern": "a", "options": "", "x": 1}}"#,
        r#"{"$regularExpression": {"pattern": "a\u0000", "options": ""}}"#,
        r#"{"$dbPointer": {"$ref": "a", "$id": {"$oid": "56e1fc72e0c917e9c4714161"}, "x": 1}}"#,
        r#"{"$timestamp": {"t": 1, "i": 1, "x": 1}}"#,
        r#"{"$binary": {"base64": "", "subType": "00", "x": 1}}"#,
        r#"{"$numberDecimal": ""}"#,
        r#"{"a\u0000b": 1}"#,
    ] {
        holds(&format!(
            "assert_throws(errors::InvalidArgument, || parse_ejson(`{text}`));"
        ));
    }
    holds(
        r#"
        assert_eq(ejson(Regex("a", "xmi")), `{"$regularExpression":{"pattern":"a","options":"imx"}}`);
        assert_eq(ejson(1.2345678921232e18, "canonical"), `{"$numberDouble":"1.2345678921232E+18"}`);
        assert_eq(ejson(1e-300, "canonical"), `{"$numberDouble":"1E-300"}`);
        for text in ["1", "-1.5", "+.5", "1.", "1E+3", "1e-3", "NaN", "-Infinity", "inf"] {
            Decimal128(text);
        }
        "#,
    );
}

#[test]
fn unit_is_not_a_filter() {
    holds(
        r#"
        let people = db.unit_is_not_a_filter;
        people.drop();
        people.insert_one(#{ _id: 1 });
        let order = #{};
        assert_throws(errors::InvalidArgument, || people.find_one(order.customer));
        assert_throws(errors::InvalidArgument, || people.find(order.customer));
        assert_throws(errors::InvalidArgument, || people.count_documents(order.customer));
        assert_throws(errors::InvalidArgument, || people.distinct("_id", order.customer));
        assert_eq(people.find_one()._id, 1);
        assert_eq(people.find_one(#{})._id, 1);
        "#,
    );
}

#[test]
fn an_assignment_that_a_task_would_lose_is_refused_before_the_run() {
    for script in [
        "print(1); let n = 0; parallel(3, 3, |i| { n += 1; }); n",
        "let n = 0; let t = background(|| { n = 5; }); t.join();",
        "let counts = #{ total: 0 }; parallel(2, 2, |i| { if i > 0 { counts.total += i; } });",
        "fn f() { let n = 0; parallel(3, 3, |i| n += 1); n } f();",
    ] {
        let ran = run_script(script);
        assert_eq!(ran.code, Some(2), "{script}\n{}{}", ran.out, ran.errors);
        assert!(
            ran.errors.contains("a task works on copies"),
            "{}",
            ran.errors
        );
        assert!(
            ran.out.is_empty(),
            "it was found before the run: {}",
            ran.out
        );
    }
    holds(
        r#"
        let n = 1;
        let done = parallel(2, 2, |i| { let n = i; n += 1; n });
        assert_eq(done, [1, 2]);
        assert_eq(timed(|| { n += 1; n }).value, 2);
        fn background(f) { f.call() }
        let own = 0;
        background(|| { own += 1; });
        assert_eq(own, 1);
        assert_eq(n, 2);
        "#,
    );
}

#[test]
fn sort_refuses_what_it_would_ignore() {
    holds(
        r#"
        assert_throws(errors::InvalidArgument, || db.n.find().sort(#{ a: 1 }, -1));
        assert_throws(errors::InvalidArgument, || db.n.find().sort("-a"));
        assert_throws(errors::InvalidArgument, || db.n.create_index("-a"));
        db.n.drop();
        db.n.insert_many([#{ a: 1 }, #{ a: 2 }]);
        assert_eq(db.n.find().sort("a", -1).next().a, 2);
        "#,
    );
}

#[test]
fn every_word_can_be_a_name_in_a_document() {
    holds(
        r#"
        let words = #{
            as: 1, if: 2, then: 3, else: 4, in: 5, let: 6, default: 7, case: 8, new: 9, match: 10,
            is: 11, this: 12, call: 13, with: 14, while: 15, for: 16, fn: 17, try: 18, catch: 19,
            throw: 20, return: 21, switch: 22, import: 23, export: 24, const: 25, print: 26,
            true: 27, null: 28, loop: 29, do: 30, until: 31, eval: 32, type_of: 33, _id: 34,
        };
        assert_eq(words.len(), 34);
        assert_eq(words["catch"] + words["if"] + words["as"], 22);
        assert_eq(#{ $set: 1, $inc: #{ a.b.c: 2 } }, #{ "$set": 1, "$inc": #{ "a.b.c": 2 } });
        assert_eq(#{ a.in: 1, $or: [#{ $expr: 2 }] }.keys(), ["a.in", "$or"]);
        let x = try { throw 1; } catch (e) { #{ catch: e } };
        assert_eq(x, #{ "catch": 1 });
        "#,
    );
    for (script, message) in [
        ("#{ a: 1, a: 2 }", "written twice"),
        ("#{ a.b: 1, \"a.b\": 2 }", "written twice"),
        ("#{ $: 1 }", "expected the name of a field"),
        ("#{ a.: 1 }", "expected the name of a field"),
        ("#{ 1: 1 }", "expected `}`"),
    ] {
        let ran = run_script(script);
        assert!(ran.errors.contains(message), "{script}: {}", ran.errors);
    }
}

#[test]
fn pipelines_of_the_manual_need_no_quotes() {
    holds(
        r#"
        let people = db.pipelines_of_the_manual;
        people.drop();
        people.insert_many([#{ _id: 1, age: 20, tags: [1, 2] }, #{ _id: 2, age: 70, tags: [3] }]);
        let found = people.aggregate([
            #{ $match: #{ age: #{ $gt: 10 } } },
            #{ $lookup: #{ from: people.name, localField: "_id", foreignField: "_id", as: "same" } },
            #{ $project: #{
                group: #{ $cond: #{ if: #{ $gt: ["$age", 65] }, then: "old", else: "young" } },
                kind: #{ $switch: #{ branches: [#{ case: #{ $eq: ["$_id", 1] }, then: "a" }], default: "b" } },
                doubled: #{ $map: #{ input: "$tags", as: "t", in: #{ $multiply: ["$$t", 2] } } },
            } },
            #{ $sort: #{ _id: 1 } },
        ]).to_array();
        assert_eq(found, [
            #{ _id: 1, group: "young", kind: "a", doubled: [2, 4] },
            #{ _id: 2, group: "old", kind: "b", doubled: [6] },
        ]);
        "#,
    );
}

#[test]
fn options_may_be_written_as_in_the_manual() {
    holds(
        r#"
        let items = db.options_in_both_spellings;
        items.drop();
        items.insert_many([#{ _id: 1, n: "a" }, #{ _id: 2, n: "B" }], #{ writeConcern: #{ w: 1, wtimeout: 500 } });
        assert_eq(items.find(#{}, #{ maxTimeMS: 500, batchSize: 1 }).to_array().len(), 2);
        let collation = #{ locale: "en", case_level: true, strength: 1 };
        assert_eq(items.find(#{}, #{ collation: collation, sort: #{ n: 1 } }).to_array().len(), 2);
        let after = items.find_one_and_update(#{ _id: 1 }, #{ $set: #{ n: "c" } }, #{ returnDocument: "after" });
        assert_eq(after.n, "c");
        items.bulk_write([
            #{ insertOne: #{ document: #{ _id: 3 } } },
            #{ updateOne: #{ filter: #{ _id: 3 }, update: #{ $set: #{ a: [1, 2] } } } },
            #{ update_one: #{ filter: #{ _id: 3 }, update: #{ $set: #{ "a.$[x]": 5 } }, arrayFilters: [#{ x: 2 }] } },
        ]);
        assert_eq(items.find_one(3).a, [1, 5]);
        let ts = db.options_in_both_spellings_ts;
        ts.drop();
        db.create_collection(ts.name, #{ timeseries: #{ time_field: "at", metaField: "who" } });
        let made = db.list_collections().filter(|one| one.name == ts.name);
        assert_eq(made[0].options.timeseries.timeField, "at");
        let nearest = connect(#{ maxPoolSize: 5, readPreference: #{ mode: "nearest", maxStalenessSeconds: 120 } });
        assert_eq(nearest.options.max_pool_size, 5);
        items.create_indexes([#{ keys: "n", partialFilterExpression: #{ n: "x" } }]);
        "#,
    );
    holds(
        "let e = assert_throws(errors::InvalidArgument, || db.a.find(#{}, #{ maxTimeMS: 1, max_time_ms: 2 })); assert(\"twice\" in e.message);",
    );
    holds(
        "let e = assert_throws(errors::InvalidArgument, || db.a.find(#{}, #{ maxTimeMs: 1 })); assert_eq(e.hint, \"did you mean `max_time_ms`?\");",
    );
}

#[test]
fn arrays_and_texts_have_what_reports_need() {
    holds(
        r##"
        let totals = [12.5, 3, Int64(4)];
        assert_eq(totals.sum(), 19.5);
        assert_eq([].sum(), 0);
        assert_eq([DateTime(5), DateTime(2)].min(), DateTime(2));
        assert_eq(["a", "b"].join("-"), "a-b");
        assert_eq([#{ a: 1 }, 2].join(" "), "#{ a: 1 } 2");
        assert_eq("ä".pad_start(3, '.') + "|" + "xyz".pad_end(2), "..ä|xyz");
        assert_eq("a".pad_end(3, " ") + "b".pad_start(4, "xy") + "c".pad_end(2, ""), "a  xyxbc");
        assert_eq(2.5.round(0), 2.0);
        assert_eq(1234.5678.round(2), 1234.57);
        for bad in [
            || [1, "a"].sum(), || ["a"].sum(), || [1, "a"].max(), || "a".pad_end(-1),
            || "a".pad_start(100_000_000), || 1.5.round(99),
        ] {
            assert_throws(errors::InvalidArgument, bad);
        }
        "##,
    );
}

#[test]
fn changes_of_a_literal_are_refused_before_the_run() {
    for (script, function) in [
        ("print(1); [3, 1].sort();", "sort"),
        ("print(1); let n = 1; let x = [n].push(2);", "push"),
        (
            "print(1); let yes = false; if yes { [1, 2].reverse().len(); }",
            "reverse",
        ),
        ("print(1); fn f() { #{ a: 1 }.clear() }", "clear"),
        ("print(1); `a${1}`.trim();", "trim"),
        ("print(1); \"ab\".make_upper();", "make_upper"),
    ] {
        let ran = run_script(script);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(2), ""),
            "{script}\n{}",
            ran.errors
        );
        assert!(
            ran.errors.contains(&format!("`{function}` changes this")),
            "{script}\n{}",
            ran.errors
        );
    }
    holds(
        r#"
        assert_eq([1, 2].pop(), 2);
        assert_eq(#{ a: 1 }.remove("a"), 1);
        assert_eq([[3, 1]].map(|x| { x.sort(); x }), [[1, 3]]);
        "#,
    );
    holds("fn sort() { this.len() } assert_eq([3, 1].sort(), 2);");
}

#[test]
fn a_variable_of_the_script_hides_a_global() {
    holds(
        r#"
        fn own(args) { args }
        fn captured(args) { let f = || args; f.call() }
        fn deep(db) { let f = || { let g = || db; g.call() }; f.call() }
        assert_eq([own(1), captured(1), deep(1)], [1, 1, 1]);
        assert_eq([1].map(|client| client), [1]);
        let client = 1;
        let f = || client;
        assert_eq(f.call(), 1);
        "#,
    );
    holds(
        r#"
        fn own() { args }
        fn deep() { let f = || { let g = || args; g.call() }; f.call() }
        assert_eq([own(), deep(), [1].map(|one| args)[0]], [[], [], []]);
        assert_eq(`${args}`, "[]");
        "#,
    );
}
