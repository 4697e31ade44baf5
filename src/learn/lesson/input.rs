//! The learner's input: keys at a terminal, lines from a pipe, nothing with `--no-pause`.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::mongo::Interrupt;
use crate::terminal::{CtrlC, RawTerminal};

/// A command of the learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LessonCommand {
    /// Enter: run this step, or go to the next one.
    Continue,
    Back,
    Skip,
    Repeat,
    Try,
    /// Open the step's code in the editor.
    Edit,
    /// Bring back the step's own code.
    Original,
    /// Show the names of the step's options in other drivers.
    Driver,
    /// Show the timeline of the step.
    Timeline,
    /// Write the timeline of the step to a file.
    SaveTimeline,
    Help,
    /// q, the end of the input, or Ctrl-C.
    Quit,
    /// An unknown command, as typed.
    Other(String),
}

pub enum Input {
    Unattended,
    Lines(BufReader<Box<dyn Read + Send>>),
    Terminal(Interrupt),
}

impl Input {
    /// Continues without input.
    pub fn unattended() -> Self {
        Self::Unattended
    }

    pub fn lines(typed: Box<dyn Read + Send>) -> Self {
        Self::Lines(BufReader::new(typed))
    }

    /// Reads single keys without Enter.
    pub fn terminal(interrupt: &Interrupt) -> Self {
        Self::Terminal(interrupt.clone())
    }

    pub fn is_unattended(&self) -> bool {
        matches!(self, Self::Unattended)
    }

    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    pub fn command(&mut self) -> LessonCommand {
        match self {
            Self::Unattended => LessonCommand::Continue,
            Self::Lines(lines) => line(lines).map_or(LessonCommand::Quit, |line| meaning(&line)),
            Self::Terminal(interrupt) => key(interrupt).unwrap_or(LessonCommand::Quit),
        }
    }

    /// Reads the answer to a question: a line, or at a terminal digits and Enter, or one letter.
    pub fn answer(&mut self, echo: &dyn Fn(&str)) -> Option<String> {
        let Self::Terminal(interrupt) = self else {
            return self.line("");
        };
        let mut typed = String::new();
        loop {
            match byte(interrupt)? {
                b'\n' | b'\r' if !typed.is_empty() => break,
                0x7f | 8 if typed.pop().is_some() => echo("\u{8} \u{8}"),
                digit @ (b'0'..=b'9' | b',' | b' ') if !(typed.is_empty() && digit == b' ') => {
                    typed.push(char::from(digit));
                    echo(&char::from(digit).to_string());
                }
                letter if letter.is_ascii_graphic() && typed.is_empty() => {
                    typed.push(char::from(letter));
                    forget_enter(interrupt);
                    break;
                }
                _ => {}
            }
        }
        echo("\n");
        Some(typed)
    }

    /// Forgets the keys that were pressed while a step ran, so that they do not skip its output.
    pub fn forget_typed(&self) {
        if self.is_terminal() && RawTerminal::on(CtrlC::Signal).is_some() {
            discard_pending();
        }
    }

    /// Reads a line, or returns `None` at the end of the input.
    pub fn line(&mut self, prompt: &str) -> Option<String> {
        match self {
            Self::Unattended => None,
            Self::Lines(lines) => line(lines),
            Self::Terminal(interrupt) => {
                // Here Ctrl-C only leaves the line; elsewhere it leaves the lesson.
                let typed = rustyline::DefaultEditor::new().ok()?.readline(prompt);
                typed.ok().filter(|_| interrupt.stopped().is_none())
            }
        }
    }
}

fn line(lines: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    match lines.read_until(b'\n', &mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(String::from_utf8_lossy(&line).trim_end().to_owned()),
    }
}

/// Parses a command: its letter or the whole word.
pub fn meaning(line: &str) -> LessonCommand {
    if line.trim() == "V" {
        return LessonCommand::SaveTimeline;
    }
    match line.trim().to_lowercase().as_str() {
        "" | "run" | "next" | "n" => LessonCommand::Continue,
        "b" | "back" => LessonCommand::Back,
        "s" | "skip" => LessonCommand::Skip,
        "r" | "repeat" => LessonCommand::Repeat,
        "t" | "try" => LessonCommand::Try,
        "e" | "edit" => LessonCommand::Edit,
        "o" | "original" => LessonCommand::Original,
        "d" | "driver" => LessonCommand::Driver,
        "v" | "timeline" => LessonCommand::Timeline,
        "?" | "h" | "help" => LessonCommand::Help,
        "q" | "quit" | "exit" => LessonCommand::Quit,
        _ => LessonCommand::Other(line.trim().to_owned()),
    }
}

/// The time in which an Enter after a letter belongs to the letter, as on a command line.
const ENTER_AFTER_LETTER: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 400_000_000,
};

/// Waits for one key.
fn key(interrupt: &Interrupt) -> Option<LessonCommand> {
    loop {
        return match byte(interrupt)? {
            b'\n' | b'\r' | b' ' => Some(LessonCommand::Continue),
            letter if letter.is_ascii_graphic() => {
                forget_enter(interrupt);
                Some(meaning(&char::from(letter).to_string()))
            }
            _ => continue,
        };
    }
}

/// Waits for one byte, or returns `None` at the end. Ignores keys such as arrows.
///
/// Polls the interrupt every 100 ms, because a signal does not end a read.
fn byte(interrupt: &Interrupt) -> Option<u8> {
    let stdin = rustix::stdio::stdin();
    let _raw = RawTerminal::on(CtrlC::Signal)?;
    let tenth = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    loop {
        if interrupt.stopped_by_now().is_some() {
            return None;
        }
        let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut watched, Some(&tenth)) {
            Ok(0) => continue,
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return None,
        }
        let mut bytes = [0; 1];
        match rustix::io::read(stdin, &mut bytes) {
            Ok(1) => {}
            Err(rustix::io::Errno::INTR) => continue,
            _ => return None,
        }
        match bytes[0] {
            // Ctrl-D.
            4 => return None,
            // Ignore the bytes of an arrow key.
            0x1b => discard_pending(),
            byte => return Some(byte),
        }
    }
}

/// Forgets an Enter directly after a letter: it would run the next step by accident.
fn forget_enter(interrupt: &Interrupt) {
    let stdin = rustix::stdio::stdin();
    let Some(_raw) = RawTerminal::on(CtrlC::Signal) else {
        return;
    };
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    let is_ready = poll(&mut watched, Some(&ENTER_AFTER_LETTER)).is_ok_and(|ready| ready > 0);
    if interrupt.stopped_by_now().is_some() || !is_ready {
        return;
    }
    if rustix::io::ioctl_fionread(stdin).is_ok_and(|count| count == 1) {
        let mut one = [0; 1];
        let _ = rustix::io::read(stdin, &mut one);
    }
}

/// Discards the bytes that can be read now.
fn discard_pending() {
    let stdin = rustix::stdio::stdin();
    let no_time = Timespec {
        tv_sec: 0,
        tv_nsec: Duration::from_millis(5).as_nanos().try_into().unwrap_or(0),
    };
    let mut rest = [0; 16];
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    if poll(&mut watched, Some(&no_time)).is_ok_and(|ready| ready > 0) {
        let _ = rustix::io::read(stdin, &mut rest);
    }
}
