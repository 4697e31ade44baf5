//! What the learner types: single keys at a terminal, lines from a pipe, nothing with `--no-pause`.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::mongo::Interrupt;
use crate::terminal::{CtrlC, RawTerminal};

/// What the learner wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Enter: run this, or go on.
    On,
    Back,
    Skip,
    Repeat,
    Try,
    Help,
    /// q, the end of the input, or Ctrl-C.
    Quit,
    /// Something else, as typed.
    Other(String),
}

pub enum Input {
    Nobody,
    Lines(BufReader<Box<dyn Read + Send>>),
    Terminal(Interrupt),
}

impl Input {
    /// Goes on by itself.
    pub fn nobody() -> Self {
        Self::Nobody
    }

    pub fn lines(typed: Box<dyn Read + Send>) -> Self {
        Self::Lines(BufReader::new(typed))
    }

    /// Keys, which need no Enter behind them.
    pub fn terminal(interrupt: &Interrupt) -> Self {
        Self::Terminal(interrupt.clone())
    }

    pub fn is_nobody(&self) -> bool {
        matches!(self, Self::Nobody)
    }

    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    pub fn wish(&mut self) -> Wish {
        match self {
            Self::Nobody => Wish::On,
            Self::Lines(lines) => line(lines).map_or(Wish::Quit, |line| meaning(&line)),
            Self::Terminal(interrupt) => key(interrupt).unwrap_or(Wish::Quit),
        }
    }

    /// A whole line, or none at the end of the input.
    pub fn line(&mut self, prompt: &str) -> Option<String> {
        match self {
            Self::Nobody => None,
            Self::Lines(lines) => line(lines),
            Self::Terminal(interrupt) => {
                // Ctrl-C leaves the line here; outside of it, it leaves the lesson.
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

/// What a typed line means; the commands may be written out.
pub fn meaning(line: &str) -> Wish {
    match line.trim().to_lowercase().as_str() {
        "" | "run" | "next" | "n" => Wish::On,
        "b" | "back" => Wish::Back,
        "s" | "skip" => Wish::Skip,
        "r" | "repeat" => Wish::Repeat,
        "t" | "try" => Wish::Try,
        "?" | "h" | "help" => Wish::Help,
        "q" | "quit" | "exit" => Wish::Quit,
        _ => Wish::Other(line.trim().to_owned()),
    }
}

/// Waits for one key, and looks at the switch ten times a second: a signal does not end a read.
fn key(interrupt: &Interrupt) -> Option<Wish> {
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
        return match bytes[0] {
            b'\n' | b'\r' | b' ' => Some(Wish::On),
            // Ctrl-D.
            4 => None,
            // The rest of an arrow key is no command.
            0x1b => {
                swallow();
                continue;
            }
            byte if byte.is_ascii_graphic() => Some(meaning(&char::from(byte).to_string())),
            _ => continue,
        };
    }
}

/// Takes away what is waiting.
fn swallow() {
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
