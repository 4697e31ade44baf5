use std::cell::RefCell;
use std::io;

use anstyle::{AnsiColor, Style};

use crate::diagnose::Report;
use crate::render::View;
use crate::render::{self, Printer, Target};
use crate::terminal::{PROSE_WIDTH, REPORT_WIDTH, Size};

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
    /// The text since [`collect`](Self::collect), which is not written yet.
    held: RefCell<Option<String>>,
}

impl CourseScreen {
    pub fn new(printer: Printer, view: View) -> Self {
        Self {
            printer,
            view,
            width: Self::width_of(view),
            held: RefCell::new(None),
        }
    }

    /// Holds back what is written, until [`collected`](Self::collected).
    pub(super) fn collect(&self) {
        *self.held.borrow_mut() = Some(String::new());
    }

    /// Returns the lines that were held back.
    pub(super) fn collected(&self) -> Vec<String> {
        let held = self.held.borrow_mut().take().unwrap_or_default();
        held.split_inclusive('\n').map(str::to_owned).collect()
    }

    pub(super) fn write_lines(&self, lines: &[String]) -> io::Result<()> {
        self.write(&lines.concat())
    }

    /// Returns the height of the terminal.
    pub(super) fn rows(&self) -> Option<usize> {
        let size = Size::of(io::stdout()).filter(|_| self.view.target == Target::Terminal);
        size.map(|size| usize::from(size.rows))
    }

    /// Adapts the text width to the terminal, which may have been resized.
    pub(super) fn fit_terminal(&mut self) {
        if self.view.target == Target::Terminal
            && let Some(size) = Size::of(io::stdout())
        {
            self.fit(size.columns.into());
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
        if let Some(held) = &mut *self.held.borrow_mut() {
            held.push_str(text);
            return Ok(());
        }
        self.printer.text(&self.view.for_output(text))
    }

    /// Shows what was written, without the end of a line.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.printer.flush()
    }

    /// Clears the screen, even without colours, and writes text.
    pub fn screen(&self, text: &str) -> io::Result<()> {
        self.printer.text("\x1b[H\x1b[2J")?;
        self.write(text)
    }

    /// Adapts the text width to a new terminal width.
    pub fn fit(&mut self, columns: usize) {
        self.width = columns.clamp(20, WIDEST);
        self.view.width = columns.clamp(20, REPORT_WIDTH);
    }

    pub fn prose(&self, markdown: &str) -> io::Result<()> {
        let text = self.rendered(markdown, self.width);
        self.write(&format!("{text}\n"))
    }

    /// Writes Markdown without an empty line after it.
    pub fn line(&self, markdown: &str) -> io::Result<()> {
        self.write(&self.rendered(markdown, self.width))
    }

    /// Renders Markdown. Without colours, code keeps its back quotes.
    pub(super) fn rendered(&self, markdown: &str, width: usize) -> String {
        match self.view.out_colour {
            true => render::prose(markdown, width),
            false => render::prose_without_colours(markdown, width),
        }
    }

    pub fn code(&self, code: &str, first_line: usize) -> io::Result<()> {
        self.write(&format!(
            "{}\n",
            render::highlight::listing(code, first_line, self.view.width)
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
        let words = render::wrapped(words, self.width).join("\n");
        self.write(&format!("{QUIET}{words}{QUIET:#}\n"))
    }

    /// Writes the keys that can be pressed now, or the commands that can be typed, in one line.
    pub fn menu(&self, commands: &[&str], is_terminal: bool) -> io::Result<()> {
        let width = |commands: &[&str]| commands.join(" · ").chars().count() + 3;
        let mut shown = commands.to_vec();
        // On a narrow screen, the commands before the last two (quit and help) go first.
        while is_terminal && width(&shown) > self.view.width && shown.len() > 3 {
            shown.remove(shown.len() - 3);
        }
        let end = if is_terminal { "" } else { " >" };
        self.write(&format!("{QUIET}{}{end}{QUIET:#} ", shown.join(" · ")))
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
        let words = self.rendered(words, self.width.saturating_sub(2));
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
