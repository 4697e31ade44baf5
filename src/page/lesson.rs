use std::collections::HashSet;
use std::path::Path;

use maud::{Markup, PreEscaped, html};

use super::layout;
use super::output::StepOutput;
use super::run_lesson::{LessonRun, StepRun};
use crate::api::run::rich_value::RichValue;
use crate::authoring::normalise;
use crate::course::lesson::{Choice, CodeCell, Lesson, Question, Step};
use crate::error::visible;
use crate::render::html::{self, Heading};
use crate::render::timeline::timeline_svg;

/// How a page was made, for its last lines.
#[derive(Clone, Debug, Default)]
pub struct HowMade {
    /// The command, as a reader can repeat it.
    pub command: String,
    /// The day, as `2026-01-31`; left out of a stable page.
    pub day: Option<String>,
    /// Whether to replace what differs from run to run.
    pub stable: bool,
    /// The page that lists all pages.
    pub index: Option<String>,
}

/// Returns a lesson as a page. Without a run, the page has no outputs.
pub fn lesson_page(
    lesson: &Lesson,
    run: Option<&LessonRun>,
    image: &dyn Fn(&str) -> Option<String>,
    made: &HowMade,
) -> String {
    let mut page = Page {
        image,
        stable: made.stable,
        ids: HashSet::from(["main".to_owned(), "contents".to_owned()]),
        headings: Vec::new(),
    };
    let steps: Vec<Markup> = lesson
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let ran = run.and_then(|run| run.steps.get(index)?.as_ref());
            page.step(index, step, ran)
        })
        .collect();
    let contents = contents(&page.headings);
    let title = visible(&lesson.title);
    let body = html! {
        header {
            @if let Some(index) = &made.index { nav { a href=(index) { "All pages" } } }
            h1 { (title) }
            p.note {
                "About " (lesson.minutes) " minutes. "
                "Made with seaworthy."
            }
        }
        @if !page.headings.is_empty() {
            nav.contents aria-label="Contents" { (contents) }
            details.contents { summary { "Contents" } nav aria-label="Contents, folded" { (contents) } }
        }
        main id="main" {
            @for step in &steps { (step) }
            @if let Some(recording) = run.and_then(|run| run.timeline.as_ref()) {
                h2 { "What happened, over time" }
                p { "Blue operations succeeded, magenta ones failed, and orange ones may have been applied. Faults are shaded." }
                figure.plot { (PreEscaped(timeline_svg(recording))) }
            }
        }
        footer { (footer(lesson, run, made)) }
    };
    layout::page(&title, &body)
}

struct Page<'a> {
    image: &'a dyn Fn(&str) -> Option<String>,
    stable: bool,
    ids: HashSet<String>,
    headings: Vec<Heading>,
}

impl Page<'_> {
    fn prose(&mut self, markdown: &str) -> Markup {
        let (markup, headings) = html::prose(markdown, self.image, &mut self.ids);
        self.headings.extend(headings);
        markup
    }

    fn step(&mut self, index: usize, step: &Step, ran: Option<&StepRun>) -> Markup {
        match step {
            Step::Part { prose, code } => html! {
                (self.prose(prose))
                @if let Some(code) = code { (self.cell(index, code, ran)) }
            },
            Step::Question(question) => self.question(index, question),
        }
    }

    fn cell(&self, index: usize, code: &CodeCell, ran: Option<&StepRun>) -> Markup {
        let id = format!("step-{}", index + 1);
        html! {
            figure.cell id=(id) {
                @if !code.title.is_empty() { figcaption { (visible(&code.title)) } }
                pre.code tabindex="0" { (html::listing(&visible(&code.text), code.line)) }
                @if let Some(ran) = ran { (self.outputs(ran)) }
            }
        }
    }

    fn outputs(&self, ran: &StepRun) -> Markup {
        html! {
            div.output {
                @if ran.outputs.is_empty() && ran.failure.is_none() {
                    p.note { "ran, nothing to print" }
                }
                @for output in &ran.outputs { (self.output(output)) }
                @if let Some(report) = &ran.failure {
                    p.note { "This step failed:" }
                    (html::report(report))
                }
            }
        }
    }

    fn output(&self, output: &StepOutput) -> Markup {
        match output {
            StepOutput::Text(text) if self.stable => html::text(&normalise(text)),
            StepOutput::Text(text) => html::text(text),
            StepOutput::Value(RichValue::Plot(plot)) if self.stable => html! {
                p.note { "a plot: " (visible(&plot.title)) }
            },
            StepOutput::Value(value) if self.stable => {
                let text = crate::render::Format::Text.display(value, 80);
                html::text(&normalise(&text))
            }
            StepOutput::Value(value) => html::value(value),
        }
    }

    /// Returns a question that works without a script: a ticked choice shows its explanation.
    fn question(&mut self, index: usize, question: &Question) -> Markup {
        let right = question.choices.iter().filter(|choice| choice.is_right);
        let kind = if right.count() > 1 {
            "checkbox"
        } else {
            "radio"
        };
        let text = self.prose(&question.text);
        let choices: Vec<(Markup, Markup)> = question
            .choices
            .iter()
            .map(|choice| (html::inline(&choice.text), html::inline(&choice.why)))
            .collect();
        html! {
            fieldset.question {
                legend { @if question.value.is_some() { "What do you expect?" } @else { "Question" } @if kind == "checkbox" { " (several answers are right)" } }
                (text)
                @for (number, (choice, (text, why))) in question.choices.iter().zip(&choices).enumerate() {
                    (one_choice(&format!("q{index}-{number}"), &format!("q{index}"), kind, choice, text, why))
                }
            }
        }
    }
}

fn one_choice(
    id: &str,
    name: &str,
    kind: &str,
    choice: &Choice,
    text: &Markup,
    why: &Markup,
) -> Markup {
    let (class, verdict) = match choice.is_right {
        true => ("why right", ("✓", "right")),
        false => ("why wrong", ("✗", "wrong")),
    };
    html! {
        div.choice {
            input type=(kind) id=(id) name=(name);
            label for=(id) { (text) }
            div class=(class) { strong role="img" aria-label=(verdict.1) { (verdict.0) } (why) }
        }
    }
}

fn contents(headings: &[Heading]) -> Markup {
    html! {
        ol { @for heading in headings { li { a href={ "#" (heading.id) } { (heading.text) } } } }
    }
}

fn footer(lesson: &Lesson, run: Option<&LessonRun>, made: &HowMade) -> Markup {
    let source = Path::new(lesson.source.name());
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    html! {
        p {
            "Made from " code { (visible(&name)) } " with seaworthy " (env!("CARGO_PKG_VERSION"))
            @if let Some(day) = &made.day { " on " (day) }
            ": " code { (visible(&made.command)) } ". "
            @if let (Some(run), false) = (run, made.stable) {
                "The code ran for " (format!("{:.1}", run.duration.as_secs_f64())) " s"
                "."
            } @else if run.is_none() { "The code did not run." }
        }
    }
}
