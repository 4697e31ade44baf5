use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Letter(char),
    Up,
    Down,
    Enter,
    Escape,
    /// Ctrl-C, Ctrl-D, or a closed terminal.
    Leave,
}

/// Waits for keys for at most `longest`, and returns them.
pub fn read_keys(longest: Duration) -> Vec<Key> {
    let stdin = rustix::stdio::stdin();
    let time = Timespec {
        tv_sec: 0,
        tv_nsec: longest.subsec_nanos().into(),
    };
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut watched, Some(&time)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => return Vec::new(),
        Ok(_) => {}
        Err(_) => return vec![Key::Leave],
    }
    let mut bytes = [0; 64];
    match rustix::io::read(stdin, &mut bytes) {
        Ok(0) => vec![Key::Leave],
        Ok(count) => parse_keys(&bytes[..count]),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Vec::new(),
        Err(_) => vec![Key::Leave],
    }
}

/// Returns the keys for these bytes from a terminal. Other keys are ignored.
fn parse_keys(bytes: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            3 | 4 => keys.push(Key::Leave),
            b'\r' | b'\n' => keys.push(Key::Enter),
            0x1b => {
                let (key, length) = after_escape(after);
                keys.extend(key);
                rest = &after[length..];
            }
            letter if letter.is_ascii_graphic() => {
                keys.push(Key::Letter(char::from(*letter).to_ascii_lowercase()));
            }
            _ => {}
        }
    }
    keys
}

/// Returns the key after an escape byte (an arrow, another key or none), and the length of its
/// bytes.
fn after_escape(bytes: &[u8]) -> (Option<Key>, usize) {
    if !matches!(bytes.first(), Some(b'[' | b'O')) {
        return (Some(Key::Escape), 0);
    }
    let end = bytes
        .iter()
        .skip(1)
        .position(|byte| (0x40..0x7f).contains(byte));
    let length = end.map_or(bytes.len(), |end| end + 2);
    let key = match bytes.get(length - 1) {
        Some(b'A') => Some(Key::Up),
        Some(b'B') => Some(Key::Down),
        _ => None,
    };
    (key, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_keys() {
        assert_eq!(parse_keys(b"n"), [Key::Letter('n')]);
        assert_eq!(
            parse_keys(b"\x1b[A\x1bOBx"),
            [Key::Up, Key::Down, Key::Letter('x')]
        );
        assert_eq!(parse_keys(b"\x1b"), [Key::Escape]);
        assert_eq!(parse_keys(b"\x1b[3~\x1b[1;5C"), []);
        assert_eq!(parse_keys("ü\r".as_bytes()), [Key::Enter]);
        assert_eq!(parse_keys(b"\x03"), [Key::Leave]);
        assert_eq!(parse_keys(b"\x1b["), []);
    }
}
