use super::raw_mode::{CtrlC, RawTerminal};

/// The terminal at stdin, which does not show what is typed until this is dropped.
pub struct HiddenInput {
    _raw: RawTerminal,
}

impl HiddenInput {
    /// Hides what is typed from now on: call it before the question is shown.
    pub fn begin() -> Option<Self> {
        let _raw = RawTerminal::on(CtrlC::Key)?;
        Some(Self { _raw })
    }

    /// Reads a line. Returns `None` after Ctrl-C or Ctrl-D.
    ///
    /// It reads byte by byte, so that what was typed after the line is left for the next reader.
    pub fn read_line(self) -> Option<String> {
        let mut line = HiddenLine::default();
        loop {
            let mut byte = [0];
            match rustix::io::read(rustix::stdio::stdin(), &mut byte) {
                Ok(1) => {}
                Err(rustix::io::Errno::INTR) => continue,
                _ => return None,
            }
            match line.take(byte[0]) {
                Typed::More => {}
                Typed::Line(text) => return Some(text),
                Typed::Left => return None,
            }
        }
    }
}

/// The bytes that were typed so far.
#[derive(Default)]
struct HiddenLine {
    bytes: Vec<u8>,
}

#[derive(Debug, PartialEq)]
enum Typed {
    More,
    Line(String),
    Left,
}

impl HiddenLine {
    fn take(&mut self, byte: u8) -> Typed {
        match byte {
            // Ctrl-C, and Ctrl-D on an empty line.
            3 => return Typed::Left,
            4 if self.bytes.is_empty() => return Typed::Left,
            b'\r' | b'\n' => {
                let bytes = std::mem::take(&mut self.bytes);
                return Typed::Line(String::from_utf8_lossy(&bytes).into_owned());
            }
            // Backspace removes a whole character.
            8 | 127 => while self.bytes.pop().is_some_and(|last| last & 0xC0 == 0x80) {},
            // Ctrl-U.
            21 => self.bytes.clear(),
            byte if byte >= b' ' => self.bytes.push(byte),
            _ => {}
        }
        Typed::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Typed {
        let mut line = HiddenLine::default();
        let mut last = Typed::More;
        for byte in bytes {
            last = line.take(*byte);
        }
        last
    }

    #[test]
    fn keys_change_the_line() {
        let line = |text: &str| Typed::Line(text.to_owned());
        assert_eq!(typed(b"a b\r"), line("a b"));
        assert_eq!(typed("aö\x7fb\n".as_bytes()), line("ab"));
        assert_eq!(typed(b"wrong\x15right\r"), line("right"));
        assert_eq!(typed(b"a\x03"), Typed::Left);
        assert_eq!(typed(b"\x04"), Typed::Left);
        assert_eq!(typed(b"a\x04"), Typed::More);
    }
}
