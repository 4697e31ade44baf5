use std::fs;
use std::sync::Arc;

use crate::support::{Scratch, Terminal, shared_mongod};

const LESSON: &str = "// %% [markdown] lesson
// # 1. Boxes
//
// A **replica set** is a group.
// %% The first box
let boxes = [1];
// %% [markdown] predict value=\"boxes.len()\"
// How many boxes?
//
// - [x] `2`
//   > Right: one more.
// - [ ] `3`
//   > Only one was added.
// %% One more
boxes.push(7);
print(`there are ${boxes.len()} boxes`);
// %% [markdown] question
// Is it over?
//
// - [ ] No.
//   > It is.
// - [x] Yes.
//   > Right.
";

fn start(lesson: &str, size: (u16, u16), editor: &str) -> (Terminal, Arc<Scratch>) {
    let home = Arc::new(Scratch::new());
    home.write("course/01_boxes.rhai", lesson);
    let mongod = shared_mongod();
    let terminal = Terminal::start_in(
        Arc::clone(&home),
        &["lesson", "1", "--course", "course", "--trust"],
        &[
            ("SEAWORTHY_MONGOD", mongod.to_str().unwrap()),
            ("EDITOR", editor),
        ],
        size,
    );
    terminal.wait_for("Enter run");
    (terminal, home)
}

#[test]
fn a_prediction_is_compared_with_the_run() {
    let (mut terminal, _home) = start(LESSON, (80, 60), "vi");
    terminal.keys("\r");
    terminal.wait_for("It ran, and printed nothing.");
    terminal.wait_for("Enter next");
    terminal.keys("\r");
    terminal.wait_for("What do you expect? How many boxes?");
    terminal.keys("2\r");
    terminal.wait_for("Enter run");
    terminal.keys("\r");
    terminal.wait_for("there are 2 boxes");
    terminal.wait_for("✗ You expected 3. Only one was added.");
    terminal.wait_for("It is 2.");
    terminal.wait_for("Enter next");
    terminal.keys("\r");
    terminal.wait_for("Is it over?");
    terminal.keys("2\r");
    terminal.wait_for("1 of 1 questions answered right at the first try.");
}

#[test]
fn an_enter_after_a_letter_does_not_run_the_step() {
    let (mut terminal, _home) = start(LESSON, (80, 60), "vi");
    terminal.keys("?\r");
    terminal.wait_for("s skips the code");
    terminal.wait_for("Enter run");
    terminal.keys("s\r");
    terminal.wait_for("What do you expect?");
    terminal.keys("s");
    terminal.wait_for("One more");
    terminal.wait_for("Enter run");
    assert!(
        !terminal.screen().contains("printed nothing"),
        "{}",
        terminal.screen()
    );
    terminal.keys("\r");
    terminal.wait_for("You skipped step 1 (“The first box”). This step may need it: b goes back.");
}

#[test]
fn an_edited_step_is_kept_until_the_original_is_brought_back() {
    let home = Arc::new(Scratch::new());
    home.write("course/01_boxes.rhai", LESSON);
    home.write(
        "ed.sh",
        "#!/bin/sh\nprintf 'let boxes = [1, 2, 3, 4];\\nprint(\"mine\");\\n' > \"$1\"\n",
    );
    let mongod = shared_mongod();
    let open = || {
        Terminal::start_in(
            Arc::clone(&home),
            &["lesson", "1", "--course", "course", "--trust"],
            &[
                ("SEAWORTHY_MONGOD", mongod.to_str().unwrap()),
                ("EDITOR", "sh ed.sh"),
            ],
            (80, 60),
        )
    };
    let mut terminal = open();
    terminal.wait_for("Enter run");
    terminal.keys("e");
    terminal.wait_for("\nmine\n");
    terminal.wait_for("o original");
    terminal.keys("q");
    terminal.wait_for("continues here.");
    let mut again = open();
    again.wait_for("This is your version");
    again.wait_for("o original");
    again.keys("o");
    again.wait_for("let boxes = [1];");
    again.wait_for("Enter run");
    again.keys("q");
    again.wait_for("continues here.");
    let progress = home
        .path()
        .join(".local/share/seaworthy/progress/progress.json");
    let kept = fs::read_to_string(progress).unwrap();
    assert!(kept.contains("\"edits\": {}"), "{kept}");
}

#[test]
fn each_width_shows_whole_lines() {
    let long = LESSON.replace(
        "boxes.push(7);",
        "boxes.push(7); let text = \"a line that is longer than sixty columns\" + \" and even eighty\";",
    );
    for width in [60, 80, 120] {
        let (mut terminal, _home) = start(&long, (width, 60), "vi");
        terminal.keys("\r");
        terminal.wait_for("Enter next");
        terminal.keys("\r");
        terminal.wait_for("answer (? help)");
        terminal.keys("s");
        terminal.wait_for("Enter run");
        let screen = terminal.screen();
        let keys = screen.lines().last().unwrap();
        assert!(
            keys.starts_with("Enter run") && keys.ends_with("? help"),
            "{width}\n{screen}"
        );
        // A line that the terminal itself breaks begins at the left edge.
        let code = screen
            .lines()
            .skip_while(|line| !line.contains("boxes.push(7)"));
        let code: Vec<&str> = code.take_while(|line| !line.contains("print(")).collect();
        assert!(
            code.iter().all(|line| line.contains('│')),
            "{width}\n{screen}"
        );
        assert!(code.concat().contains("eighty"), "{width}\n{screen}");
    }
}

#[test]
fn a_step_that_is_longer_than_the_screen_stops_at_its_top() {
    let many: String = (0..40)
        .map(|number| format!("print({number});\n"))
        .collect();
    let long = LESSON.replace("let boxes = [1];\n", &format!("let boxes = [1];\n{many}"));
    let home = Arc::new(Scratch::new());
    home.write("course/01_boxes.rhai", long);
    let mongod = shared_mongod();
    let mut terminal = Terminal::start_in(
        home,
        &["lesson", "1", "--course", "course", "--trust"],
        &[("SEAWORTHY_MONGOD", mongod.to_str().unwrap())],
        (80, 24),
    );
    terminal.wait_for("Enter more");
    let screen = terminal.screen();
    assert!(
        screen.contains("1. Boxes") && !screen.contains("print(30)"),
        "{screen}"
    );
    terminal.keys("\r");
    terminal.wait_for("print(30)");
}

#[test]
fn a_printed_document_wider_than_the_terminal_has_one_line_per_field() {
    let lesson = "// %% [markdown]\n// # 1. Wide\n\n// %% Print\n\
        print(#{ first: \"one text that is long\", second: \"another text that is long\" });\n";
    let (mut terminal, _home) = start(lesson, (60, 40), "vi");
    terminal.keys("\r");
    terminal.wait_for("Enter next");
    let screen = terminal.screen();
    let fields =
        "#{\n  first: \"one text that is long\",\n  second: \"another text that is long\",\n}";
    assert!(screen.contains(fields), "{screen}");
}

#[test]
fn a_resize_changes_the_width_of_the_next_step() {
    let (mut terminal, _home) = start(LESSON, (110, 40), "vi");
    terminal.resize(60, 40);
    terminal.keys("s");
    terminal.wait_for("step 2 of 4");
    let screen = terminal.screen();
    let rule = screen
        .lines()
        .find(|line| line.ends_with("step 2 of 4"))
        .unwrap();
    assert!(rule.chars().count() <= 60, "{rule}");
}

#[test]
fn a_term_is_underlined_and_code_has_quotes_only_without_colours() {
    let (terminal, _home) = start(LESSON, (80, 60), "vi");
    let written = terminal.written();
    assert!(
        written.contains("\u{1b}[4m") || written.contains("\u{1b}[1m\u{1b}[4mreplica"),
        "{written:?}"
    );
}
