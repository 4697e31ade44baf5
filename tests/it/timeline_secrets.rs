//! No form of a timeline has secrets or signs that deceive a reader.

use crate::support::{RunOutput, Scratch, command};

const SCRIPT: &str = r#"let address = "mongodb://ada:s3cret@127.0.0.1:1/?serverSelectionTimeoutMS=50";
try { connect(address).ping() } catch { }
timeline::mark(`the \u001b[31mred\u202e mark, ${address}`);
timeline::span(address, || db.users.insert_one(#{ _id: 1, password: "hunter2", note: address }));
db.users.find_one(#{ password: "hunter2" });
db.users.update_one(#{ _id: 1 }, #{ "$set": #{ "login.token": "gu3ss" } });
try { db.users.insert_one(#{ _id: 1, api_key: "gu3ss" }) } catch { }
db.create_user("ada", "Tr0ub4dor", []);
db.drop_user("ada");
"#;

#[test]
fn timeline_secrets_are_hidden_in_every_form() {
    let folder = Scratch::new();
    folder.write("script.rhai", SCRIPT);
    let forms = ["out.html", "out.svg", "out.json", "out.jsonl"];
    let mut run = command();
    run.args(["run", "script.rhai", "--ephemeral", "--timeline", "-"]);
    for form in forms {
        run.args(["--timeline", form]);
    }
    let state = folder.path().join("state");
    run.current_dir(folder.path()).env("XDG_STATE_HOME", &state);
    let ran: RunOutput = run.output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    let mut texts = vec![("the terminal", ran.out)];
    for form in forms {
        let text = std::fs::read_to_string(folder.path().join(form)).unwrap();
        texts.push((form, text));
    }
    let last = state.join("seaworthy/timelines/last.json");
    texts.push(("the stored run", std::fs::read_to_string(last).unwrap()));
    for (form, text) in texts {
        for secret in [
            "s3cret",
            "hunter2",
            "gu3ss",
            "Tr0ub4dor",
            "\u{1b}",
            "\u{202e}",
        ] {
            assert!(!text.contains(secret), "{form} has {secret:?}\n{text}");
        }
        // The picture has no bodies.
        assert!(form == "out.svg" || text.contains("***"), "{form}\n{text}");
    }
}
