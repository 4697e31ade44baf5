//! `seaworthy page`: lessons as HTML pages, read by a real browser and by other parsers.

use std::fs;

use crate::support::{Scratch, node, python};

/// A lesson with what an attacker would write into its texts, its output and its data.
const HOSTILE: &str = r##"// %% [markdown] lesson minutes="1"
// # <script>alert("title")</script> & 'quotes' "x"
//
// Text <script>alert(1)</script> and <img src=x onerror=alert(2)> and a [link](javascript:alert(3)),
// [another](https://a.example/?a=1&b="2"), ![image](https://a.example/x.png), <!-- comment -->
//
// ## </style><script>alert(4)</script>
//
// | table | <b> |
// |---|---|
// | a | `</td>` |

// %% </figcaption><script>alert(5)</script>
let bad = "</pre><script>alert(6)</script> \u001b]52;c;x\u0007 \u202e & \" '";
print(bad);
let d = #{ n: 1 };
d[bad] = bad;
display([d]);
display(#{ a: bad, long: [bad, bad, bad] });
display(plot(#{ title: bad, bars: #{ x: 1 } }));
print("`${`</code>`}`"); // </span><script>alert(7)</script>

// %% [markdown] question
// Is `</legend>` <script>alert(8)</script> right?
//
// - [x] yes </label><script>alert(9)</script>
//   > Because </div><script>alert(10)</script>
// - [ ] no & no
//   > No.
"##;

#[test]
fn pages_are_complete_and_harmless_in_a_browser() {
    let folder = Scratch::new();
    folder.write("hostile.rhai", HOSTILE);
    for args in [
        &["page", "--all", "-o", "site", "--seed", "1"][..],
        &["page", "hostile.rhai", "-o", "site/hostile.html"],
    ] {
        let made = folder.seaworthy(args);
        assert_eq!(made.code, Some(0), "{}", made.errors);
    }
    let site = folder.path().join("site");
    let mut count = 0;
    for file in fs::read_dir(&site).unwrap() {
        let file = file.unwrap();
        let bytes = fs::read(file.path()).unwrap();
        assert!(
            bytes.len() <= 120_000,
            "{:?}: {} bytes",
            file.path(),
            bytes.len()
        );
        assert!(!bytes.contains(&0x1b) && !String::from_utf8_lossy(&bytes).contains('\u{202e}'));
        count += 1;
    }
    let site = site.to_str().unwrap();
    let seen = node("pages.mjs", &[site]);
    assert!(seen.starts_with(&format!("{count} pages, ")), "{seen}");
    let choices: usize = seen.split(' ').nth(2).unwrap().parse().unwrap();
    assert!(choices > 50, "{seen}");
    let read = python("read_pages.py", &[site]);
    assert!(
        read.trim().starts_with(&format!("{count} pages read, ")),
        "{read}"
    );
}

#[test]
fn the_hostile_lesson_is_text() {
    let folder = Scratch::new();
    folder.write("hostile.rhai", HOSTILE);
    let made = folder.seaworthy(&["page", "hostile.rhai", "-o", "-"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    // The page's own script is the only one.
    assert_eq!(made.out.matches("<script").count(), 1);
    for part in [
        "javascript:",
        "a.example/x.png",
        "onerror=alert(2)>",
        "<img",
        "<!--",
    ] {
        assert!(!made.out.contains(part), "{part}");
    }
    assert!(
        made.out
            .contains("&lt;script&gt;alert(6)&lt;/script&gt; \\u001b]52;c;x\\u0007")
    );
    assert!(
        made.out
            .contains("href=\"https://a.example/?a=1&amp;b=%222%22\"")
    );
}

const FAILING: &str = "// %% [markdown] lesson\n// # Failing\n\n// %% First\nprint(\"one\");\n\n// %% Second\nthrow \"broken\";\n\n// %% Third\nprint(\"three\");\n";

#[test]
fn a_step_that_fails_keeps_the_old_page() {
    let folder = Scratch::new();
    folder.write("failing.rhai", FAILING);
    folder.write("failing.html", "the old page");
    let made = folder.seaworthy(&["page", "failing.rhai"]);
    assert_eq!(made.code, Some(1));
    assert!(
        made.errors.contains("error[Thrown]: broken"),
        "{}",
        made.errors
    );
    let page = folder.path().join("failing.html");
    assert_eq!(fs::read_to_string(&page).unwrap(), "the old page");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "a file was left behind"
    );

    let made = folder.seaworthy(&["page", "failing.rhai", "--keep-going"]);
    assert_eq!(made.code, Some(1));
    let text = fs::read_to_string(&page).unwrap();
    for part in ["one", "This step failed", "error[Thrown]: broken", "three"] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn a_stable_page_is_the_same_every_time() {
    let folder = Scratch::new();
    folder.write(
        "stable.rhai",
        "// %% [markdown] lesson\n// # Stable\n\n// %% Ids\nprint(ObjectId());\nlet t = timed(|| sleep(0.01));\nprint(`${t.ms} ms`);\ndisplay([#{ _id: ObjectId(), n: random::int(1, 1000) }]);\ndisplay(plot([t, t]));\nlet d = display(1);\nd.update(2);\n",
    );
    let page = || {
        let made = folder.seaworthy(&["page", "stable.rhai", "--stable", "--seed", "7", "-o", "-"]);
        assert_eq!(made.code, Some(0), "{}", made.errors);
        made.out
    };
    let first = page();
    assert_eq!(first, page());
    for part in [
        "ObjectId(&quot;&lt;id 1&gt;&quot;)",
        "<pre tabindex=\"0\">2</pre>",
        "--stable",
    ] {
        assert!(first.contains(part), "{part}\n{first}");
    }
}

#[test]
fn outputs_are_where_they_were_first_shown() {
    let folder = Scratch::new();
    folder.write(
        "later.rhai",
        "// %% [markdown] lesson\n// # Later\n\n// %% First\nlet d = display(\"first\");\nprint(\"between\");\n\n// %% Second\nd.update(\"replaced\");\n\n// %% Third\nlet x = 1;\n",
    );
    let made = folder.seaworthy(&["page", "later.rhai", "-o", "-"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let at = |part: &str| {
        made.out
            .find(part)
            .unwrap_or_else(|| panic!("{part}\n{}", made.out))
    };
    assert!(at(">replaced<") < at(">between<"));
    assert!(!made.out.contains(">first<"));
    assert_eq!(made.out.matches("ran, nothing to print").count(), 2);
}

#[test]
fn wrong_uses_of_page_name_the_way_out() {
    let folder = Scratch::new();
    folder.write("course/README.txt", "no lessons");
    for (args, message) in [
        (&["page"][..], "<LESSON|FILE>..."),
        (&["page", "--all", "1"], "cannot be used with"),
        (&["page", "nothing"], "there is no lesson `nothing`"),
        (
            &["page", "1", "-o", "none/a.html"],
            "`none/a.html` cannot be written",
        ),
        (
            &["page", "1", "2", "-o", "file.html"],
            "`file.html/01_introduction.html` cannot be written",
        ),
        (&["page", "--all", "--course", "course"], "course"),
    ] {
        let made = folder.seaworthy(args);
        assert_eq!(made.code, Some(2), "{args:?}\n{}{}", made.out, made.errors);
        assert!(made.errors.contains(message), "{args:?}\n{}", made.errors);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn without_a_run_a_page_has_the_text_and_the_code() {
    let folder = Scratch::new();
    let made = folder.seaworthy(&["page", "1", "6", "--no-run", "-o", "."]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    assert_eq!(made.out.lines().count(), 2);
    let text = fs::read_to_string(folder.path().join("06_change_streams.html")).unwrap();
    assert!(text.contains("The code did not run."));
    assert!(text.contains("class=\"line\"") && !text.contains("class=\"output\""));
}

#[test]
fn a_foreign_course_is_confined_and_its_pages_are_written() {
    let folder = Scratch::new();
    folder.write(
        "course/lessons/01_boats.rhai",
        "// %% [markdown] lesson\n// # Boats\n\n// %% Look\nprint(try { connect(\"mongodb://192.0.2.1/\").ping() } catch (err) { err.message });\nprint(db.boats.count_documents());\n",
    );
    let made = folder.seaworthy(&["page", "--all", "--course", "course", "-o", "out"]);
    assert_eq!(made.code, Some(0), "{}{}", made.out, made.errors);
    let text = fs::read_to_string(folder.path().join("out/01_boats.html")).unwrap();
    assert!(text.contains("confined script"), "{text}");
}

#[test]
fn a_page_shows_the_timeline_of_its_run() {
    let folder = Scratch::new();
    folder.write(
        "timed.rhai",
        "// %% [markdown] lesson\n// # Timed\n\n// %% First\ndb.timed.insert_one(#{ _id: 1 });\ndb.timed.drop();\n",
    );
    let made = folder.seaworthy(&["page", "timed.rhai", "--timeline", "-o", "-"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let picture = made.out.split("<svg").nth(1).unwrap();
    for part in ["Timeline of ", "2 calls, 0 failed, 0 unknown"] {
        assert!(picture.contains(part), "{part}\n{picture}");
    }
}
