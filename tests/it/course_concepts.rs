use std::fs;
use std::path::Path;

use seaworthy::authoring::check::{hard_to_read, library, readability};
use seaworthy::course::exercise::Course;
use seaworthy::engine::drivers;
use seaworthy::engine::glossary;
use seaworthy::engine::language;

use crate::support::{Home, RunOutput, Scratch, SharedServer};

/// A course that says what it teaches: one lesson and one exercise with its solution.
struct Teaching {
    folder: Scratch,
    home: Home,
}

const LESSON: &str = "// %% [markdown] lesson minutes=\"2\"
// teaches: let, print, array, len, push, primary
// # 1. Boxes
//
// The *primary* accepts writes. `len` counts.
// %% [markdown] predict value=\"boxes.len()\"
// How many?
//
// - [x] `2`
//   > Right.
// - [ ] `3`
//   > Count them.
// %% Two boxes
let boxes = [1, 2];
boxes.push(3);
boxes = [boxes[0], boxes[2]];
print(boxes.len());
";
const EXERCISE: &str = "// %% [markdown] exercise lecture=\"Boxes\"
// needs: array
// # One more
//
// > there are 2 boxes
// %% Your part
// TODO: a third box
let boxes = [1, 2];
// %% [markdown] hint
// Use `push`.
// %% [markdown] hint
// `boxes.push(3)`
// %% Check
assert(boxes.len() == 3, `there are ${boxes.len()} boxes`);
";
const SOLUTION: &str = "// %% [markdown] solution
// One more.
// %% Your part
let boxes = [1, 2];
boxes.push(3);
";
const GLOSSARY: &str = "# Terms\n\n## primary\n\nIt writes.\n\n## election\n\nA vote.\n";

impl Teaching {
    fn new() -> Self {
        let folder = Scratch::new();
        folder.write("c/lessons/01_boxes.rhai", LESSON);
        folder.write("c/exercises/01_one_more.rhai", EXERCISE);
        folder.write("c/solutions/01_one_more.rhai", SOLUTION);
        folder.write("c/glossary.md", GLOSSARY);
        Self {
            folder,
            home: Home::new(),
        }
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join("c").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn check(&self) -> RunOutput {
        let mut command = self.home.command();
        command
            .args(["--quiet", "course", "check", "c", "--quick"])
            .current_dir(self.folder.path());
        command.output().unwrap().into()
    }

    fn finds(&self, finding: &str) {
        let ran = self.check();
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.errors);
        assert!(ran.out.contains(finding), "{finding}\n{}", ran.out);
    }
}

#[test]
fn a_course_that_teaches_what_it_uses_passes() {
    let ran = Teaching::new().check();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
}

#[test]
fn what_nothing_taught_is_reported_with_its_line() {
    let course = Teaching::new();
    course.change(
        "solutions/01_one_more.rhai",
        "boxes.push(3);",
        "boxes.push(3);\nboxes.reverse();",
    );
    course
        .finds("solutions/01_one_more.rhai:6: it uses `reverse`, which nothing before it teaches");
    course.change(
        "exercises/01_one_more.rhai",
        "needs: array",
        "needs: array, throw",
    );
    course.finds("exercises/01_one_more.rhai: it needs `throw`, which nothing before it teaches");
    course.change("lessons/01_boxes.rhai", "push, ", "push, drop, ");
    course.finds("lessons/01_boxes.rhai: it teaches `drop`, but does not use or name it");
}

#[test]
fn a_term_before_its_definition_is_reported() {
    let course = Teaching::new();
    course.change(
        "exercises/01_one_more.rhai",
        "// Use `push`.",
        "// After the elections, use `push`.",
    );
    course.finds("exercises/01_one_more.rhai:10: it uses the term `election`, which nothing before it defines");
    course.change(
        "lessons/01_boxes.rhai",
        "The *primary*",
        "A primary is this: the *primary*",
    );
    course.finds("lessons/01_boxes.rhai:5: it uses the term `primary` before it defines it");
}

#[test]
fn a_course_that_says_nothing_about_concepts_is_not_checked_for_them() {
    let course = Teaching::new();
    course.change(
        "lessons/01_boxes.rhai",
        "// teaches: let, print, array, len, push, primary\n",
        "",
    );
    course.change("exercises/01_one_more.rhai", "// needs: array\n", "");
    let ran = course.check();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
}

#[test]
fn a_prediction_that_does_not_come_true_is_reported() {
    let course = Teaching::new();
    course.change("lessons/01_boxes.rhai", "- [x] `2`", "- [x] `4`");
    course.finds("its predictions do not come true: the prediction is 4, and the run shows 2");
}

#[test]
fn every_page_of_the_language_has_examples_that_run() {
    let server = SharedServer::get();
    let mut count = 0;
    for page in language::pages() {
        assert!(page.summary().ends_with('.'), "{}", page.name());
        for (number, example) in page.examples().into_iter().enumerate() {
            count += 1;
            let database = format!("language_{count}_{number}");
            if let Err(error) = server.run(&database, example) {
                panic!("{}\n{example}\n{error}", page.name());
            }
        }
    }
    assert!(count > 20, "only {count} examples were found");
    for word in ["if", "else", "closure", "throw", "()", "#{}", "for", "fn"] {
        assert!(language::page(word).is_some(), "{word}");
    }
}

#[test]
fn every_term_has_two_sentences_and_a_link() {
    let terms = glossary::terms();
    assert!(terms.len() >= 60, "{}", terms.len());
    for term in terms {
        let (words, link) = term.text.split_once("\n\n").unwrap();
        let sentences = words.matches(['.', '?', ':']).count();
        assert!(sentences >= 2, "{}: {words}", term.name());
        assert!(
            link.starts_with("<https://") && link.ends_with('>'),
            "{link}"
        );
    }
    let name = |term: &language::Page| term.name().to_lowercase();
    assert!(terms.is_sorted_by_key(name));
}

#[test]
fn help_shows_the_methods_of_a_type_before_the_term_with_its_name() {
    let server = SharedServer::get();
    let shown = server.run("help_type", "help(\"Document\");").unwrap();
    let (methods, term) = shown[0].split_once("\n\ndocument\n").unwrap();
    assert!(methods.starts_with("Document\n\n  ."), "{methods}");
    assert!(term.contains("MongoDB stores documents"), "{term}");
}

#[test]
fn help_shows_words_and_terms() {
    let server = SharedServer::get();
    let shown = server
        .run("help_words", "help(\"else\"); help(\"Read Concern\");")
        .unwrap();
    assert!(
        shown[0].starts_with("if   else\n\n  Runs a block if a condition is true."),
        "{}",
        shown[0]
    );
    for page in &shown {
        let widest = page.lines().map(|line| line.chars().count()).max();
        assert!(widest.unwrap() <= 78, "{page}");
    }
    assert!(
        shown[1].contains("can still be rolled back"),
        "{}",
        shown[1]
    );
}

/// The order of the lessons is the order of the file names.
#[test]
fn the_built_in_course_says_what_it_teaches() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/lessons");
    for file in fs::read_dir(root).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(
            text.lines().nth(1).unwrap().starts_with("// teaches: "),
            "{text}"
        );
    }
}

#[test]
fn the_built_in_course_is_easy_to_read() {
    let course = Course::built_in().unwrap();
    let library = library(&course).unwrap();
    let measured = readability(&course, library.as_ref()).unwrap();
    assert!(measured.iter().all(|one| one.words > 100), "{measured:?}");
    assert_eq!(hard_to_read(&measured), []);
}

#[test]
fn a_text_that_is_hard_to_read_is_reported() {
    let course = Teaching::new();
    let long = "the box and ".repeat(42);
    course.change(
        "exercises/01_one_more.rhai",
        "// # One more",
        &format!(
            "// # One more\n//\n// Notwithstanding heretofore inextricable ephemeral ubiquitous obfuscated quixotic juxtapositions {long}."
        ),
    );
    let mut command = course.home.command();
    command
        .args(["course", "check", "c", "--readability"])
        .current_dir(course.folder.path());
    let ran = RunOutput::from(command.output().unwrap());
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    for part in [
        "words on average: 17 at most",
        "juxtapositions",
        "its story has 1",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

/// The names in a connection string are those that the driver's parser accepts.
#[test]
fn every_connection_string_option_in_the_table_is_parsed_by_the_driver() {
    let parse = |option: &str, value: &str| {
        let uri = format!("mongodb://localhost/?{option}={value}");
        mongodb::options::ConnectionString::parse(uri)
    };
    assert!(
        parse("maxPoolSiez", "5").is_err(),
        "the parser accepts any name"
    );
    let values = [
        "120",
        "true",
        "majority",
        "secondary&readPreferenceTags=a:b",
        "MONGODB-X509",
        "snappy",
        "120&readPreference=secondary",
    ];
    let mut count = 0;
    for row in drivers::rows() {
        if row.connection_string.is_empty() {
            continue;
        }
        count += 1;
        let is_parsed = values
            .iter()
            .any(|value| parse(row.connection_string, value).is_ok());
        // The Rust driver does not know the options that this program provides itself.
        let is_known = !row.name_in("Rust").is_empty();
        assert!(is_parsed || !is_known, "{}", row.connection_string);
    }
    assert!(count > 20, "only {count} rows");
}

#[test]
fn help_shows_an_option_in_other_drivers() {
    let server = SharedServer::get();
    let shown = server
        .run("help_option", "help(\"max_pool_size\")")
        .unwrap();
    for part in [
        "An option of connect.",
        "- PyMongo: `maxPoolSize`",
        "- Go: `SetMaxPoolSize`",
    ] {
        assert!(shown[0].contains(part), "{}", shown[0]);
    }
}
