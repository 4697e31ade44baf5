use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{Scratch, eventually, eventually_within, password_search};

/// The program in a pseudo-terminal, with its screen.
pub struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    /// Everything that the program wrote.
    written: Arc<Mutex<Vec<u8>>>,
    typed: Vec<u8>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    // Removed when dropped.
    _home: Arc<Scratch>,
}

/// A server that does not exist, with a short timeout.
pub const NOWHERE: &str = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200";

impl Terminal {
    /// Opens the prompt with a server and an empty home.
    pub fn open(uri: &str) -> Self {
        Self::open_in(Arc::new(Scratch::new()), &["--uri", uri], &[])
    }

    /// Opens the prompt in `home`, with additional variables. An empty value removes a variable.
    pub fn open_in(home: Arc<Scratch>, args: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::open_sized((80, 24), home, args, variables)
    }

    /// Opens the prompt with a server, on a screen so tall that nothing scrolls.
    pub fn open_tall(uri: &str) -> Self {
        Self::open_sized((100, 400), Arc::new(Scratch::new()), &["--uri", uri], &[])
    }

    pub fn open_sized(
        size: (u16, u16),
        home: Arc<Scratch>,
        args: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let terminal = Self::start_in(home, args, variables, size);
        terminal.wait_for("> ");
        terminal
    }

    /// Starts the program in a terminal of this size.
    pub fn start_in(
        home: Arc<Scratch>,
        args: &[&str],
        variables: &[(&str, &str)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_seaworthy"));
        command.env_clear();
        command.args(args);
        command.cwd(home.path());
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("PATH", std::env::var_os("PATH").unwrap());
        for (name, value) in variables {
            match *value {
                "" => command.env_remove(name),
                value => command.env(name, value),
            }
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(
            wide(rows),
            wide(columns),
            1000,
        )));
        let mut output = pair.master.try_clone_reader().unwrap();
        let shown = Arc::clone(&screen);
        let written: Arc<Mutex<Vec<u8>>> = Arc::default();
        let kept = Arc::clone(&written);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                kept.lock().unwrap().extend_from_slice(&bytes[..count]);
                shown.lock().unwrap().process(&bytes[..count]);
            }
        });
        Self {
            screen,
            written,
            typed: Vec::new(),
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            _home: home,
        }
    }

    /// The local modes of the terminal.
    pub fn modes(&self) -> String {
        format!("{:?}", self.master.get_termios().unwrap().local_flags)
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// The text on the screen, without trailing spaces and lines.
    pub fn screen(&self) -> String {
        let contents = self.screen.lock().unwrap().screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// All bytes that the program has written so far.
    pub fn written(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }

    /// Reads the cells of the screen.
    pub fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(self.screen.lock().unwrap().screen())
    }

    /// The text on the screen with its colours.
    pub fn formatted(&self) -> String {
        let screen = self.screen.lock().unwrap();
        screen.screen().contents_formatted()
    }

    pub fn keys(&mut self, keys: &str) {
        self.bytes(keys.as_bytes());
    }

    /// Types bytes that need not be UTF-8.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.typed.extend_from_slice(bytes);
        self.keys.write_all(bytes).unwrap();
        self.keys.flush().unwrap();
    }

    /// Types a line and waits for the next prompt.
    pub fn line(&mut self, line: &str) {
        // Keys that arrive before the prompt are echoed by the terminal, above the prompt.
        eventually("a prompt", || self.is_at_prompt());
        self.keys(line);
        self.wait_for(line.lines().last().unwrap_or_default());
        let before = self.prompts();
        self.keys("\r");
        eventually("the prompt comes back", || {
            self.prompts() > before || self.is_at_empty_prompt()
        });
    }

    /// Discards the line with Ctrl-C.
    pub fn cancel(&mut self) {
        self.keys("\x03");
        eventually("an empty prompt", || self.is_at_empty_prompt());
    }

    fn prompts(&self) -> usize {
        let screen = self.screen();
        screen
            .lines()
            .filter(|line| line.starts_with("lessons"))
            .count()
    }

    /// Whether the last line is a prompt.
    fn is_at_prompt(&self) -> bool {
        self.screen()
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("lessons") && line.contains('>'))
    }

    /// Whether the last line is an empty prompt.
    fn is_at_empty_prompt(&self) -> bool {
        self.screen()
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("lessons") && line.ends_with('>'))
    }

    pub fn wait_for(&self, text: &str) {
        let mut last = String::new();
        let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            eventually_within(Duration::from_secs(20), text, || {
                last = format!("{}\n", self.screen());
                last.contains(text) || last.replace('\n', " ").contains(text)
            });
        }));
        assert!(seen.is_ok(), "`{text}` is not on the screen:\n{last}");
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.master.resize(size(columns, rows)).unwrap();
        self.screen
            .lock()
            .unwrap()
            .screen_mut()
            .set_size(wide(rows), wide(columns));
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end and returns the exit code.
    pub fn end(&mut self) -> u32 {
        let mut code = None;
        eventually("the program ends", || {
            code = self.child.try_wait().unwrap();
            code.is_some()
        });
        code.unwrap().exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The screen as well: in the bytes, colour codes may split a password.
        let written = std::mem::take(&mut *self.written.lock().unwrap());
        let screen = self.screen();
        for bytes in [written.as_slice(), screen.as_bytes()] {
            password_search::on_a_terminal(bytes, &self.typed);
        }
    }
}

fn wide(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}
