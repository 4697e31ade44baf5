//! `display` and `plot`: tables, pictures, and updates in place.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::{NOWHERE, Terminal, eval, run_script, shows};

fn printed(script: &str) -> String {
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{script}\n{}", ran.errors);
    ran.out
}

#[test]
fn documents_are_shown_as_a_table() {
    let out = printed(
        r#"
        display([#{ _id: 1, type: "fig", sold: [1, 2] }, #{ _id: 2, note: "a\nb" }]);
        let many = [];
        for i in 0..150 { many.push(#{ n: i }); }
        display(many);
        display([]);
        display([#{ a: 1 }, 2]);
        display(#{ a: 1 });
        "#,
    );
    shows("rich", "tables", &out);
}

#[test]
fn plots_are_shown_as_text() {
    let out = printed(
        r#"
        print(plot(#{
            title: "sold", x: "day", y: "weight", unit: "kg",
            lines: #{ figs: [1, 5, 3, 4], pears: [[0, 2], [1.5, 6], [3, 1]] },
            bands: [#{ from: 1, to: 2, label: "holiday" }],
            limits: #{ stock: 8 },
        }));
        print(plot(#{ title: "steps and points", steps: #{ open: [0, 2, 2, 1] }, points: #{ calls: [2, 0.5, 1] } }));
        print(plot(#{ title: "latency", points: [0.1, 3, 900, 2], y_log: true, unit: "ms" }));
        print(plot(#{ bars: #{ pears: 2, figs: 0.5 }, unit: "kg" }));
        print(plot(#{ p50: 1, p99: 20 }));
        display(plot([#{ value: 1, ms: 2.0 }, #{ value: 2, ms: 40.0 }]));
        "#,
    );
    shows("rich", "plots", &out);
}

#[test]
fn a_plot_is_the_last_value_of_eval_and_a_line_of_json() {
    let text = eval("plot(#{ bars: #{ a: 1 } })");
    assert_eq!(text.out, format!("a  {} 1\n", "█".repeat(40)));
    let script =
        "print(plot(#{ lines: #{ a: [1, 2] } })); display([#{ n: 1 }]); display(1).update(2)";
    let json = crate::support::seaworthy(&["eval", "--json", script]);
    let lines: Vec<serde_json::Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["plot"]["series"][0]["points"][1][1], 2.0);
    assert_eq!(lines[1], serde_json::json!([{ "n": 1 }]));
    assert_eq!(lines[2..], [1, 2]);
}

#[test]
fn a_wrong_plot_names_the_field() {
    for (spec, message) in [
        ("#{ line: [1] }", "`plot` has no option `line`"),
        ("#{ lines: 5 }", "`lines` of `plot` is an integer"),
        (
            "#{ lines: #{ a: [1, \"x\"] } }",
            "`lines.a[1]` of `plot` is \"x\"",
        ),
        ("#{ points: [[1]] }", "`points[0]` of `plot` is [1]"),
        ("#{ bars: #{ a: -1 } }", "but `a` is -1"),
        (
            "#{ bars: #{ a: 1 }, lines: [1] }",
            "`bars` cannot be in one plot",
        ),
        (
            "#{ lines: [1], bands: [#{ from: 1 }] }",
            "`to` of a band is `()`",
        ),
        (
            "#{ lines: [1], limits: #{ a: \"b\" } }",
            "`limits.a` of `plot` is a string",
        ),
        ("#{}", "`plot` needs `lines`, `steps`, `points` or `bars`"),
        ("5", "`plot` cannot draw an integer"),
    ] {
        let ran = eval(&format!("plot({spec})"));
        assert_eq!(ran.code, Some(1), "{spec}");
        assert!(ran.errors.contains(message), "{spec}\n{}", ran.errors);
    }
}

#[test]
fn a_picture_is_well_formed_and_has_only_presentation_attributes() {
    let script = r#"
        let bad = "<script>alert(1)</script> & \"quotes\" \u001b]52;c;x\u0007 \u202e";
        let d = #{};
        d[bad] = [1, 2e300, -3];
        print(plot(#{ title: bad, x: bad, y: bad, unit: bad, lines: d, limits: #{ "<l>": 1 } }).svg);
        let bars = #{};
        bars[bad] = 1;
        print(plot(#{ title: bad, bars: bars }).svg);
        print(plot(#{ lines: [] }).svg);
        let calls = [];
        for i in 0..50_000 { calls.push([i, i % 7]); }
        print(plot(#{ steps: calls }).svg);
        let h = history();
        h.write(bad, bad, || ());
        try { h.write(bad, bad, || { sleep(0.05); throw bad }); } catch { }
        for i in 0..5_000 { h.add("numbers", i, || ()); }
        print(plot(h).svg);
    "#;
    let out = printed(script);
    assert!(out.len() < 120_000, "{} bytes", out.len());
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'));
    let mut reader = Reader::from_str(&out);
    let mut names = std::collections::BTreeSet::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                names.insert(element.name().as_ref().to_owned());
                for attribute in element.attributes() {
                    let key = attribute.unwrap().key;
                    assert!(!key.as_ref().starts_with("on") && key.as_ref() != "style");
                }
            }
            _ => {}
        }
    }
    let known = [
        "circle", "desc", "line", "polyline", "rect", "svg", "text", "title",
    ];
    assert!(
        names.iter().all(|name| known.contains(&name.as_str())),
        "{names:?}"
    );
}

#[test]
fn a_history_has_a_picture_with_the_faults_as_bands() {
    let script = r#"
        let rs = replica_set(#{ members: 1, network: true });
        let member = rs.primary;
        let orders = connect(rs).shop.orders;
        rs.link("client", member).latency(1, #{ for_ms: 1 });
        let link = rs.link(member, "client");
        eventually(10, || orders.find_one() == () && link.stats.bytes_in > 0);
        member.pause();
        let h = history();
        member.resume();
        link.latency(1);
        h.add("orders", 1, || orders.insert_one(#{ _id: 1 }));
        link.clear();
        try { h.add("orders", 1, || orders.insert_one(#{ _id: 1 })); } catch { }
        member.kill();
        background(|| h.add("orders", 2, || { sleep(0.02); throw "no answer" }, #{ keep_going: true })).join();
        rs.cut("client", member);
        h.read_set("orders", || [1]);
        print(plot(h));
        assert(plot(h).svg.contains("kill m0 from "));
    "#;
    let ran = crate::support::seaworthy(&["--quiet", "eval", "--json", "--ephemeral", script]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let plot = &json["plot"];
    assert_eq!(plot["title"], "history, 4 operations");
    let lanes = plot["lanes"].as_array().unwrap();
    let texts = |lane: &serde_json::Value| {
        let operations = lane["operations"].as_array().unwrap().iter();
        let texts = operations.map(|one| {
            let (label, outcome) = (one["label"].as_str(), one["outcome"].as_str());
            format!("{}: {}", label.unwrap(), outcome.unwrap())
        });
        texts.collect::<Vec<_>>()
    };
    assert_eq!(
        lanes.iter().map(texts).collect::<Vec<_>>(),
        [
            vec![
                "add 1: ok",
                "add 1, DuplicateKey: failed",
                "read 1 elements: ok"
            ],
            vec!["add 2, Thrown: unknown"],
        ]
    );
    // The first fault ended before the history began, the pause later.
    let bands = plot["bands"].as_array().unwrap();
    let names: Vec<_> = bands.iter().map(|band| &band["label"]).collect();
    assert_eq!(
        names,
        [
            "pause m0",
            "link(m0, client).latency",
            "kill m0",
            "cut(client, m0)"
        ]
    );
    assert_eq!(bands[0]["from"], 0.0);
    let time = |band: &serde_json::Value, end: &str| band[end].as_f64().unwrap();
    assert!(time(&bands[1], "to") < time(&bands[2], "from"));
    let end = time(&lanes[0]["operations"][2], "to");
    assert_eq!((time(&bands[2], "to"), time(&bands[3], "to")), (end, end));
}

#[test]
fn a_pool_has_a_picture_and_a_cursor_a_table() {
    let out = printed(
        r#"
        let basket = db.rich_values;
        basket.drop();
        basket.insert_many([#{ _id: 1, type: "fig" }, #{ _id: 2, type: "pear" }]);
        display(basket.find());
        let own = connect(#{ max_pool_size: 2 });
        let basket = own.lessons.rich_values;
        parallel(8, 4, |i| basket.find_one(#{ "$where": "sleep(20) || true" }));
        let picture = plot(own.pool);
        assert_eq!(picture.title, "connection pool");
        print(picture.svg);
        "#,
    );
    assert!(out.contains("│ 1   ┆ fig  │"), "{out}");
    for part in [
        "open: ",
        "in use: ",
        "calls waiting: ",
        "maximum: 2",
        "maximum (2)",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn a_pipe_gets_the_first_and_the_last_value_of_a_display() {
    let out = printed(
        "let d = display(0); for i in 1..=50 { d.update(i); } print(\"between\"); d.update(\"last\");",
    );
    assert_eq!(out, "0\nbetween\nlast\n");
    let failed = run_script("let d = display(0); d.update(1); throw \"x\"");
    assert_eq!(failed.out, "0\n1\n");
}

#[test]
fn a_terminal_replaces_a_display() {
    let mut terminal = Terminal::open(NOWHERE);
    terminal.line(
        "let d = display([#{ n: 0 }]); for i in 1..=40 { d.update([#{ n: i }]); sleep(0.01); }",
    );
    terminal.wait_for("│ 40 │");
    let screen = terminal.screen();
    assert_eq!(screen.matches('┌').count(), 1, "{screen}");
    terminal.line("let e = display(1); print(\"between\"); e.update(2); \"end\"");
    let screen = terminal.screen();
    assert!(screen.contains("1\nbetween\n2\n"), "{screen}");
}
