//! `seaworthy notebook`: scripts as notebooks and back, checked by Jupyter's own library.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Scratch, files, python};

fn read(folder: &Scratch, name: &str) -> Value {
    let text = fs::read_to_string(folder.path().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns the outputs of the cell with this title.
fn outputs<'a>(notebook: &'a Value, title: &str) -> &'a Value {
    let cells = notebook["cells"].as_array().unwrap();
    let cell = cells
        .iter()
        .find(|cell| cell["metadata"]["seaworthy"]["title"] == title)
        .unwrap_or_else(|| panic!("no cell {title}"));
    &cell["outputs"]
}

#[test]
fn every_script_of_the_course_comes_back_byte_for_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut scripts = Vec::new();
    files(&root, "rhai", &mut scripts);
    assert!(scripts.len() > 60, "only {} scripts", scripts.len());
    let folder = Scratch::new();
    for (number, script) in scripts.iter().enumerate() {
        let notebook = format!("{number}.ipynb");
        let made = folder.seaworthy(&["notebook", script.to_str().unwrap(), "-o", &notebook]);
        assert_eq!(made.code, Some(0), "{}", made.errors);
        let back = folder.seaworthy(&["notebook", &notebook, "-o", "-"]);
        assert_eq!(back.code, Some(0), "{}", back.errors);
        assert_eq!(
            back.out,
            fs::read_to_string(script).unwrap(),
            "{}",
            script.display()
        );
    }
    let seen = python("check_notebooks.py", &[folder.path().to_str().unwrap()]);
    assert_eq!(
        seen.trim(),
        format!("{} notebooks are valid", scripts.len())
    );
}

#[test]
fn exercises_become_notebooks_by_number_and_name() {
    let folder = Scratch::new();
    for (wanted, name) in [
        ("8", "08_one_truck_one_shipment"),
        ("another_truck", "09_another_truck"),
        ("4", "04_writes_with_error_handling"),
        ("a_queue_with", "04_a_queue_with_an_end"),
    ] {
        let made = folder.seaworthy(&["notebook", wanted]);
        assert_eq!(made.code, Some(0), "{}", made.errors);
        let notebook = read(&folder, &format!("{name}.ipynb"));
        let is_lesson = notebook["metadata"]["seaworthy"]["kind"] == "lesson";
        assert_eq!(is_lesson, wanted == "4", "{wanted}");
        // A learner sees neither the hints nor the check.
        for cell in notebook["cells"].as_array().unwrap() {
            let kind = &cell["metadata"]["seaworthy"]["kind"];
            assert!(kind != "hint" && kind != "check", "{cell}");
        }
    }
    let made = folder.seaworthy(&["notebook", "nothing"]);
    assert_eq!(made.code, Some(2));
    let message = "there is no lesson `nothing`";
    assert!(made.errors.contains(message), "{}", made.errors);
}

#[test]
fn commands_of_cells_are_comments_in_the_script() {
    let folder = Scratch::new();
    let script = "// %%\n// :check 8\nlet x = 1;\n\n// %%\nprint(x);\n";
    folder.write("a.rhai", script);
    let made = folder.seaworthy(&["notebook", "a.rhai"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let source = &read(&folder, "a.ipynb")["cells"][0]["source"];
    assert_eq!(source, &json!([":check 8\n", "let x = 1;"]));
    let back = folder.seaworthy(&["notebook", "a.ipynb", "-o", "b.rhai"]);
    assert_eq!(back.code, Some(0), "{}", back.errors);
    let ran = folder.seaworthy(&["run", "b.rhai"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "1\n"),
        "{}",
        ran.errors
    );
}

#[test]
fn cells_of_a_course_keep_their_kind_and_title() {
    let folder = Scratch::new();
    let made = folder.seaworthy(&["notebook", "4"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let lesson = read(&folder, "04_writes_with_error_handling.ipynb");
    assert_eq!(lesson["metadata"]["seaworthy"]["kind"], "lesson");
    assert_eq!(lesson["metadata"]["kernelspec"]["name"], "seaworthy");
    let exercise = format!(
        "{}/scripts/exercises/08_one_truck_one_shipment.rhai",
        env!("CARGO_MANIFEST_DIR")
    );
    let made = folder.seaworthy(&["notebook", &exercise, "-o", "8.ipynb"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let exercise = read(&folder, "8.ipynb");
    let mut kinds = Vec::new();
    for notebook in [&lesson, &exercise] {
        for cell in notebook["cells"].as_array().unwrap() {
            let kept = &cell["metadata"]["seaworthy"];
            if let Some(kind) = kept["kind"].as_str()
                && !kinds.contains(&kind)
            {
                kinds.push(kind);
            }
        }
    }
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        ["check", "exercise", "hint", "lesson", "predict", "question"]
    );
    assert_eq!(outputs(&lesson, "The unique index"), &json!([]));
}

/// A script that shows everything that a cell can show.
const SHOWS: &str = r##"// %% [markdown]
// # Everything

// %% Text
print("one\n\u001b[31mtwo");
debug(3);
print("four");

// %% Value
#{ _id: 1, town: "Bonn" }

// %% Table
[#{ a: 1 }, #{ a: 2, b: [1, 2] }]

// %% Cursor
let towns = db.towns;
towns.drop();
towns.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
towns.find()

// %% Display
let shown = display(1);
let task = background(|| { sleep(0.3); print("late"); });

// %% Later
shown.update(2);
task.join();
print("later");

// %% Plot
plot(#{ title: "Trucks", bars: #{ a: 1, b: 2 } })

// %% Nothing
let x = "quoted";

// %% Quoted
x
"##;

/// A command of the kernel is a comment in the script, and a run runs the script.
#[test]
fn a_run_leaves_commands_out() {
    let folder = Scratch::new();
    folder.write(
        "commands.rhai",
        "// %% Time\n// :time 1 + 1\n\n// %% Check\n// :check 8\nlet x = 3;\nx\n",
    );
    let made = folder.seaworthy(&["notebook", "commands.rhai", "--run"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let notebook = read(&folder, "commands.ipynb");
    assert_eq!(outputs(&notebook, "Time"), &json!([]));
    assert_eq!(
        outputs(&notebook, "Check")[0]["data"]["text/plain"],
        json!(["3"])
    );
}

#[test]
fn a_run_stores_what_each_cell_shows() {
    let folder = Scratch::new();
    folder.write("shows.rhai", SHOWS);
    let made = folder.seaworthy(&["notebook", "shows.rhai", "--run"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let notebook = read(&folder, "shows.ipynb");
    assert_eq!(
        outputs(&notebook, "Text"),
        &json!([
            { "output_type": "stream", "name": "stdout", "text": ["one\n", "\\u001b[31mtwo\n"] },
            { "output_type": "stream", "name": "stderr", "text": ["debug: 3\n"] },
            { "output_type": "stream", "name": "stdout", "text": ["four\n"] },
        ])
    );
    let value = &outputs(&notebook, "Value")[0];
    assert_eq!(value["output_type"], "execute_result");
    assert_eq!(value["execution_count"], 2);
    assert_eq!(
        value["data"]["text/plain"],
        json!(["#{ _id: 1, town: \"Bonn\" }"])
    );
    let html = |title: &str| outputs(&notebook, title)[0]["data"]["text/html"].to_string();
    assert!(
        html("Value").contains("<th scope=\\\"row\\\">town</th>"),
        "{}",
        html("Value")
    );
    assert!(html("Table").contains("<th scope=\\\"col\\\">b</th>"));
    assert!(html("Cursor").contains("<th scope=\\\"col\\\">_id</th>"));
    // The update of the display, and the output of the task, are where both began.
    assert_eq!(
        outputs(&notebook, "Display"),
        &json!([
            { "output_type": "display_data", "data": { "text/plain": ["2"] }, "metadata": {} },
            { "output_type": "stream", "name": "stdout", "text": ["late\n"] },
        ])
    );
    assert_eq!(outputs(&notebook, "Later")[0]["text"], json!(["later\n"]));
    let picture = &outputs(&notebook, "Plot")[0]["data"]["image/svg+xml"];
    assert!(
        picture[0].as_str().unwrap().starts_with("<svg"),
        "{picture}"
    );
    assert_eq!(outputs(&notebook, "Nothing"), &json!([]));
    assert_eq!(
        outputs(&notebook, "Quoted")[0]["data"]["text/plain"],
        json!(["\"quoted\""])
    );
    let seen = python("check_notebooks.py", &[folder.path().to_str().unwrap()]);
    assert_eq!(seen.trim(), "1 notebooks are valid");

    // The outputs do not become part of the script.
    let back = folder.seaworthy(&["notebook", "shows.ipynb", "-o", "-"]);
    assert_eq!(back.out, SHOWS);
}

#[test]
fn outputs_of_unchanged_cells_stay_until_they_are_cleared() {
    let folder = Scratch::new();
    let script = "// %% One\nprint(1);\n\n// %% Two\nprint(2);\n";
    folder.write("two.rhai", script);
    let run = |args: &[&str]| {
        let made = folder.seaworthy(args);
        assert_eq!(made.code, Some(0), "{}", made.errors);
        let notebook = read(&folder, "two.ipynb");
        let text = |title| outputs(&notebook, title)[0]["text"][0].clone();
        (text("One"), text("Two"))
    };
    let (one, two) = (json!("1\n"), json!("2\n"));
    assert_eq!(
        run(&["notebook", "two.rhai", "--run"]),
        (one.clone(), two.clone())
    );
    folder.write("two.rhai", script.replace("(2)", "(3)"));
    assert_eq!(run(&["notebook", "two.rhai"]), (one.clone(), Value::Null));
    assert_eq!(
        run(&["notebook", "two.ipynb", "--run"]),
        (one, json!("3\n"))
    );
    let cleared = run(&["notebook", "two.ipynb", "--clear"]);
    assert_eq!(cleared, (Value::Null, Value::Null));
}

#[test]
fn a_cell_that_fails_keeps_the_old_notebook() {
    let folder = Scratch::new();
    folder.write(
        "fails.rhai",
        "// %% One\nfn broken() {\n    throw \"broken\";\n}\n\n// %% Two\n\nbroken();\n\n// %% Three\nprint(3);\n",
    );
    folder.write("fails.ipynb", "the old one");
    let made = folder.seaworthy(&["notebook", "fails.rhai", "--run"]);
    assert_eq!(made.code, Some(1));
    // Each place is in its cell.
    for part in [
        "error[Thrown]: broken",
        "In[1]:2:5",
        "`broken` called at In[2]:2:1",
    ] {
        assert!(made.errors.contains(part), "{part}: {}", made.errors);
    }
    let old = fs::read_to_string(folder.path().join("fails.ipynb")).unwrap();
    assert_eq!(old, "the old one");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

    let made = folder.seaworthy(&["notebook", "fails.rhai", "--run", "--keep-going"]);
    assert_eq!(made.code, Some(1));
    let notebook = read(&folder, "fails.ipynb");
    let failed = &outputs(&notebook, "Two")[0];
    assert_eq!(
        (&failed["ename"], &failed["evalue"]),
        (&json!("Thrown"), &json!("broken"))
    );
    assert_eq!(outputs(&notebook, "Three")[0]["text"], json!(["3\n"]));
    let seen = python("check_notebooks.py", &[folder.path().to_str().unwrap()]);
    assert_eq!(seen.trim(), "1 notebooks are valid");
}

#[test]
fn a_notebook_of_a_lesson_does_not_change_a_foreign_server() {
    let folder = Scratch::new();
    let made = folder.seaworthy(&["notebook", "4", "-o", "4.ipynb"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    // The mark of a lesson was edited away: what remains is the metadata of the notebook.
    let mut lesson = read(&folder, "4.ipynb");
    lesson["cells"].as_array_mut().unwrap().remove(0);
    folder.write("4.ipynb", lesson.to_string());
    let uri = "mongodb://db.invalid/shop";
    let refused = folder.seaworthy(&["notebook", "4.ipynb", "--run", "--uri", uri]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.errors.contains("`4.ipynb` is a lesson"),
        "{}",
        refused.errors
    );
}

#[test]
fn files_that_are_not_notebooks_are_refused() {
    let folder = Scratch::new();
    for (name, text, message) in [
        (
            "a.ipynb",
            "{}",
            "`a.ipynb` is not a notebook: missing field `cells`",
        ),
        (
            "b.ipynb",
            "{\"cells\": [], \"nbformat\": 3}",
            "`b.ipynb` has nbformat 3",
        ),
        ("c.rhai", "\0", "`c.rhai` is not a script"),
    ] {
        folder.write(name, text);
        let refused = folder.seaworthy(&["notebook", name, "-o", "-"]);
        assert_eq!(refused.code, Some(2), "{name}");
        assert!(
            refused.errors.contains(message),
            "{name}: {}",
            refused.errors
        );
    }
    let refused = folder.seaworthy(&["notebook", "d.rhai"]);
    assert_eq!(refused.code, Some(2));
    let refused = folder.seaworthy(&["notebook", "zebra"]);
    assert!(refused.errors.contains("zebra"), "{}", refused.errors);
}
