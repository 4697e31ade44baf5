use std::io;

use anstyle::{AnsiColor, Style};

use crate::diagnose::Report;
use crate::render::View;
use crate::render::{self, Printer, Target};
use crate::terminal::PROSE_WIDTH;

const QUIET: Style = AnsiColor::BrightBlack.on_default();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The maximum width of prose.
const WIDEST: usize = 92;

/// Writes the course's output. Clones share the printer.
#[derive(Clone)]
pub struct CourseScreen {
    printer: Printer,
    view: View,
    width: usize,
}

impl CourseScreen {
    pub fn new(printer: Printer, view: View) -> Self {
        Self {
            printer,
            view,
            width: Self::width_of(view),
        }
    }

    /// Returns the text width for a view.
    pub fn width_of(view: View) -> usize {
        match view.target {
            Target::Terminal => view.width.min(WIDEST),
            Target::Pipe => PROSE_WIDTH,
        }
    }

    /// Writes text with colours, unchanged. An error means that the reader closed the output.
    pub fn write(&self, text: &str) -> io::Result<()> {
        self.printer.text(&self.view.for_output(text))
    }

    /// Clears the screen, even without colours, and writes text.
    pub fn screen(&self, text: &str) -> io::Result<()> {
        self.printer.text("\x1b[H\x1b[2J")?;
        self.write(text)
    }

    /// Adapts the text width to a new terminal width.
    pub fn fit(&mut self, columns: usize) {
        self.width = columns.clamp(20, WIDEST);
    }

    pub fn prose(&self, markdown: &str) -> io::Result<()> {
        let text = render::prose(markdown, self.width);
        self.write(&format!("{text}\n"))
    }

    /// Writes Markdown without an empty line after it.
    pub fn line(&self, markdown: &str) -> io::Result<()> {
        self.write(&render::prose(markdown, self.width))
    }

    pub fn code(&self, code: &str, first_line: usize) -> io::Result<()> {
        self.write(&format!(
            "{}\n",
            render::highlight::listing(code, first_line)
        ))
    }

    /// Writes a horizontal line with a text at its end.
    pub fn rule(&self, words: &str) -> io::Result<()> {
        let dashes = self.width.saturating_sub(words.chars().count() + 1);
        self.write(&format!(
            "{QUIET}{} {words}{QUIET:#}\n\n",
            "─".repeat(dashes)
        ))
    }

    /// Returns the text width.
    pub fn width(&self) -> usize {
        self.width
    }

    pub fn view(&self) -> View {
        self.view
    }

    pub fn printer(&self) -> &Printer {
        &self.printer
    }

    /// Writes a remark of the program.
    pub fn remark(&self, words: &str) -> io::Result<()> {
        self.write(&format!("{QUIET}{words}{QUIET:#}\n"))
    }

    /// Writes the commands that can be typed now.
    pub fn menu(&self, words: &str) -> io::Result<()> {
        self.write(&format!("{QUIET}{words} >{QUIET:#} "))
    }

    /// Erases the menu on a terminal with colours, or else ends its line.
    pub fn menu_done(&self, is_terminal: bool) -> io::Result<()> {
        if is_terminal && self.view.out_colour {
            self.printer.text("\r\x1b[2K")
        } else {
            self.printer.text("\n")
        }
    }

    pub fn verdict(&self, is_good: bool, words: &str) -> io::Result<()> {
        let (style, sign) = if is_good { (GOOD, "✓") } else { (BAD, "✗") };
        let words = render::prose(words, self.width.saturating_sub(2));
        let mut lines = words.lines();
        let first = lines.next().unwrap_or_default();
        let rest: String = lines.map(|line| format!("  {line}\n")).collect();
        self.write(&format!("{style}{sign}{style:#} {first}\n{rest}"))
    }

    /// Writes an error report to stderr.
    pub fn report(&self, report: &Report) {
        self.printer.say(&self.view.report(report));
    }
}
