//! `help`, `?topic`, `help("topic")` and `:help`.

use super::table;
use super::table::COMMANDS;
use crate::engine::help;
use crate::render::highlight::{Palette, highlight, painted};
use crate::repl::prompt::{NextAction, Prompt};

/// Returns the topic of `help("topic")`. The engine handles help on a value.
pub(super) fn topic_of_call(line: &str) -> Option<&str> {
    let inside = line.strip_prefix("help(\"")?.strip_suffix("\")")?;
    (!inside.contains('"')).then_some(inside)
}

/// Shows the help on a topic, or the overview for an empty topic.
pub(super) fn on(prompt: &mut Prompt, topic: &str) {
    if topic.is_empty() {
        let text = coloured(&help::overview(), prompt.screen.width());
        prompt.screen.tell(&text);
        prompt.note("\n`:help` lists the commands of the prompt");
        return;
    }
    let text = match topic.strip_prefix(':') {
        Some(command) => return drop(commands(prompt, command)),
        None => prompt
            .interactive
            .variable(topic)
            .and_then(|value| help::on_type(crate::engine::catalogue::type_of(&value)))
            .unwrap_or_else(|| help::on_name(topic)),
    };
    prompt.screen.tell(&coloured(&text, prompt.screen.width()));
}

/// Wraps prose to the terminal's width, and highlights signatures and examples.
fn coloured(text: &str, width: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let is_example = line.starts_with("    ");
            let is_signature = !line.starts_with(' ') && line.contains(['.', '(']);
            if is_example || is_signature && !line.contains('`') {
                highlight(line, &[])
            } else {
                wrapped(line, width.min(100))
            }
        })
        .collect();
    lines.join("\n")
}

/// Wraps a line, and indents the continuation to the column of its text.
fn wrapped(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let column = line
        .trim_start()
        .find("  ")
        .map_or(line.len() - line.trim_start().len(), |gap| {
            let start = line.len() - line.trim_start().len();
            let rest = &line[start + gap..];
            line[..start + gap].chars().count() + rest.len() - rest.trim_start().len()
        });
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in line.split_inclusive(' ') {
        let length = word.trim_end().chars().count();
        if used + length > width && used > column && length > 0 {
            lines.push(" ".repeat(column));
            used = column;
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(word);
        }
        used += word.chars().count();
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

/// `:help`.
pub(super) fn commands(prompt: &mut Prompt, name: &str) -> NextAction {
    let name = name.trim_start_matches(':');
    let wanted = table::find(name).filter(|_| !name.is_empty());
    for command in COMMANDS {
        if wanted.is_some_and(|wanted| wanted.name != command.name) {
            continue;
        }
        let call = format!(":{} {}", command.name, command.takes);
        prompt.screen.tell(&format!(
            "{call:24}{}",
            painted(command.words, Palette::DIM)
        ));
    }
    NextAction::Read
}
