use crate::support::{Lab, shows};

#[test]
fn results_of_mixed_operations_are_listed_by_index() {
    let out = Lab::new().prints(
        r#"
        let r = db.stock.bulk_write([
            #{ insert_one: #{ document: #{ _id: 1, n: 1 } } },
            #{ insert_one: #{ document: #{ n: 1 } } },
            #{ update_one: #{ filter: #{ _id: 1 }, update: #{ "$inc": #{ n: 1 } } } },
            #{ update_many: #{ filter: #{}, update: #{ "$set": #{ seen: true } } } },
            #{ update_one: #{ filter: #{ _id: 7 }, update: #{ "$set": #{ n: 7 } }, upsert: true } },
            #{ replace_one: #{ filter: #{ _id: 8 }, replacement: #{ n: 8 }, upsert: true } },
            #{ replace_one: #{ filter: #{ _id: 1 }, replacement: #{ n: 2 } } },
            #{ delete_one: #{ filter: #{ n: 1 } } },
            #{ insert_one: #{ document: #{ _id: 9, n: 9 } } },
            #{ delete_many: #{ filter: #{ n: #{ "$gte": 8 } } } },
        ]);
        print([r.inserted_count, r.matched_count, r.modified_count, r.deleted_count, r.upserted_count]);
        print(r.inserted_ids.keys());
        print(r.inserted_ids["0"]);
        print(type_of(r.inserted_ids["1"]));
        print(r.upserted_ids);
        print(db.stock.find().sort("_id").to_array());
        "#,
    );
    assert_eq!(
        out,
        "[3, 4, 4, 3, 2]\n[\"0\", \"1\", \"8\"]\n1\nObjectId\n#{ \"4\": 7, \"5\": 8 }\n[#{ _id: 1, n: 2 }, #{ _id: 7, n: 7 }]\n"
    );
}

#[test]
fn operations_take_their_own_options() {
    let out = Lab::new().prints(
        r#"
        db.o.insert_many([#{ _id: 1, name: "a", grades: [1, 5] }, #{ _id: 2, name: "A", grades: [1, 5] }]);
        db.o.create_index("name", #{ name: "by_name" });
        db.o.bulk_write([
            #{ update_one: #{ filter: #{ _id: 1 }, update: #{ "$set": #{ "grades.$[g]": 9 } }, array_filters: [#{ g: 5 }], hint: #{ _id: 1 } } },
            #{ update_many: #{ filter: #{ name: "a" }, update: #{ "$set": #{ x: 1 } }, collation: #{ locale: "en", strength: 2 } } },
            #{ update_one: #{ filter: #{ "$expr": #{ "$eq": ["$_id", "$$which"] } }, update: [#{ "$set": #{ y: "$_id" } }] } },
            #{ delete_one: #{ filter: #{ name: "A" }, hint: "by_name" } },
        ], #{ "let": #{ which: 1 }, comment: "four at once", bypass_document_validation: true });
        print(db.o.find().to_array());
        for wrong in [#{ hint: "no_such" }] {
            let err = assert_throws(errors::BulkWrite, || db.o.bulk_write([#{ delete_one: #{ filter: #{} } + wrong }]));
            print(err.index);
        }
        "#,
    );
    assert_eq!(
        out,
        "[#{ _id: 1, name: \"a\", grades: [1, 9], x: 1, y: 1 }]\n0\n"
    );
}

#[test]
fn an_error_ends_an_ordered_bulk_write_only() {
    let out = Lab::new().prints(
        r#"
        fn operations() { [
            #{ insert_one: #{ document: #{ _id: 1 } } },
            #{ delete_one: #{ filter: #{ _id: 1 } } },
            #{ insert_one: #{ document: #{ _id: 2 } } },
            #{ insert_one: #{ document: #{ _id: 2 } } },
            #{ insert_one: #{ document: #{ _id: 3 } } },
            #{ update_one: #{ filter: #{ _id: 2 }, update: #{ "$set": #{ _id: 4 } } } },
            #{ update_many: #{ filter: #{ _id: 9 }, update: #{ "$set": #{ n: 1 } }, upsert: true } },
        ] }
        let err = assert_throws(errors::DuplicateKey, || db.a.bulk_write(operations()));
        print(err.message);
        print([err.index, err.code, err.code_name, err.key_pattern, err.key_value, err.inserted_ids]);
        print(err.write_errors.map(|e| [e.index, e.code, e.keyPattern, e.keyValue]));
        print(err.result);
        err = assert_throws(errors::BulkWrite, || db.b.bulk_write(operations(), #{ ordered: false }));
        print([err.index, err.write_errors.map(|e| [e.index, e.code])]);
        print(err.result);
        print(db.b.find().sort("_id").to_array());
        "#,
    );
    shows("bulk_write", "errors_in_the_middle", &out);
}

#[test]
fn a_hundred_thousand_and_one_operations_are_one_call() {
    let out = Lab::new().prints(
        r#"
        let operations = [];
        for i in 0..100001 { operations.push(#{ insert_one: #{ document: #{ _id: i } } }); }
        let r = db.many.bulk_write(operations);
        print([r.inserted_count, r.inserted_ids.len(), r.inserted_ids["100000"], db.many.count_documents()]);
        for i in 0..100001 { operations[i] = #{ update_one: #{ filter: #{ _id: i }, update: #{ "$set": #{ n: 1 } } } }; }
        operations[99999] = #{ insert_one: #{ document: #{ _id: 5 } } };
        let err = assert_throws(errors::DuplicateKey, || db.many.bulk_write(operations, #{ ordered: false }));
        print([err.index, err.result.matched_count, err.result.not_applied, err.result.unknown]);
        "#,
    );
    assert_eq!(
        out,
        "[100001, 100001, 100000, 100001]\n[99999, 100000, [], []]\n"
    );
}

#[test]
fn large_documents_are_split_into_several_commands() {
    let out = Lab::new().prints(
        r#"
        let text = "x"; for i in 0..20 { text += text; }
        let operations = [];
        for i in 0..60 { operations.push(#{ insert_one: #{ document: #{ _id: i, text: text } } }); }
        let huge = ""; for i in 0..15 { huge += text; }
        operations.push(#{ insert_one: #{ document: #{ _id: 60, huge: huge } } });
        operations.push(#{ replace_one: #{ filter: #{ _id: 0 }, replacement: #{ text: text + text } } });
        let r = db.large.bulk_write(operations);
        print([r.inserted_count, r.modified_count, db.large.count_documents()]);
        operations = [#{ insert_one: #{ document: #{ _id: 100 } } }, #{ insert_one: #{ document: #{ huge: huge + text } } }];
        let err = assert_throws(errors::DocumentTooLarge, || db.large.bulk_write(operations));
        print(err.message);
        print(db.large.count_documents(#{ _id: 100 }));
        "#,
    );
    assert_eq!(
        out,
        "[61, 1, 61]\n`operations[1].insert_one.document`: the document has 16777232 bytes, and MongoDB accepts at most 16777216\n0\n"
    );
}

#[test]
fn invalid_operations_are_refused_before_sending() {
    let out = Lab::new().prints(
        r##"
        let good = #{ insert_one: #{ document: #{} } };
        let wrong = [
            [], [good, 5], [good, #{}], [good, #{ insert_one: #{ document: #{} }, delete_one: #{ filter: #{} } }],
            [good, #{ insert_On: #{ document: #{} } }], [good, #{ upsert_all: #{} }], [good, #{ insert_one: 5 }],
            [good, #{ insert_one: #{ documnt: #{} } }], [good, #{ insert_one: #{} }],
            [good, #{ insert_one: #{ document: #{ a: [client] } } }],
            [good, #{ update_one: #{ filtr: #{}, update: #{ "$set": #{ a: 1 } } } }],
            [good, #{ update_one: #{ filter: #{}, update: #{ a: 1 } } }],
            [good, #{ update_one: #{ filter: #{}, update: #{ "$set": #{ a: 1 }, b: 1 } } }],
            [good, #{ update_one: #{ filter: #{}, update: #{} } }], [good, #{ update_one: #{ filter: #{}, update: [] } }],
            [good, #{ update_one: #{ filter: #{}, update: [5] } }], [good, #{ update_many: #{ filter: #{} } }],
            [good, #{ update_one: #{ filter: #{}, update: #{ "$set": #{ a: 1 } }, upsert: 1 } }],
            [good, #{ update_many: #{ filter: #{}, update: #{ "$set": #{ a: 1 } }, sort: #{ a: 1 } } }],
            [good, #{ replace_one: #{ filter: #{}, replacement: #{ "$set": #{ a: 1 } } } }],
            [good, #{ delete_one: #{} }], [good, #{ delete_many: #{ filter: #{}, hint: 5 } }],
        ];
        for operations in wrong {
            let err = assert_throws(errors::InvalidArgument, || db.w.bulk_write(operations));
            print(err.message); print("  " + err.hint);
        }
        for options in [#{ orderd: false }, #{ ordered: 1 }, #{ write_concern: 1 }] {
            let err = assert_throws(errors::InvalidArgument, || db.w.bulk_write([good], options));
            print(err.message); print("  " + err.hint);
        }
        print(db.w.count_documents());
        "##,
    );
    shows("bulk_write", "refused", &out);
}
