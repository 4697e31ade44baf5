use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::Result;
use super::sample::{Sample, Samples};
use super::server::Server;

/// How often a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Something that is done for long.
pub struct Work {
    pub name: &'static str,
    pub what: &'static str,
    /// How often, or for how many seconds.
    pub size: usize,
}

/// All but the lines are scripts of the same name.
pub const WORKS: &[Work] = &[
    Work {
        name: "inserts",
        what: "inserts one by one",
        size: 1_000_000,
    },
    Work {
        name: "lines",
        what: "bad lines at the prompt",
        size: 1_000_000,
    },
    Work {
        name: "tasks",
        what: "tasks started and joined",
        size: 100_000,
    },
    Work {
        name: "clients",
        what: "clients opened and closed",
        size: 1_000,
    },
    Work {
        name: "watching",
        what: "seconds of watching",
        size: 600,
    },
];

impl Work {
    /// Does it in a process of its own.
    pub fn run(&self, size: usize, server: &Server) -> Result<Samples> {
        let samples = if self.name == "lines" {
            lines(size, server)?
        } else {
            self.script(size, server)?
        };
        if samples.marks.len() != 10 {
            return Err(
                format!("`{}` ended after {} tenths", self.name, samples.marks.len()).into(),
            );
        }
        Ok(samples)
    }

    fn script(&self, size: usize, server: &Server) -> Result<Samples> {
        let script = format!(
            "{}/benches/long/work/{}.rhai",
            env!("CARGO_MANIFEST_DIR"),
            self.name
        );
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_seaworthy"));
        let mut command = server.command(program);
        command.args(["run", "--db", "bench", &script, "--", &size.to_string()]);
        // A command line is for everybody to read.
        command.env("MONGODB_URI", &server.uri);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let marks = marks_of(&mut child)?;
        let samples = watch(child.id(), &marks);
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("`{}` failed: {status}", self.name).into());
        }
        Ok(samples)
    }
}

/// One message for each mark that the script prints; none when it is over.
fn marks_of(child: &mut Child) -> Result<Receiver<()>> {
    let output = child.stdout.take().ok_or("no output")?;
    let (sender, marks) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output)
            .lines()
            .map_while(std::result::Result::ok)
        {
            if line == "mark" && sender.send(()).is_err() {
                return;
            }
        }
    });
    Ok(marks)
}

/// Looks at a process until there will be no more marks.
fn watch(pid: u32, marks: &Receiver<()>) -> Samples {
    let started = Instant::now();
    let mut samples = Samples::default();
    loop {
        let marked = marks.recv_timeout(LOOK_EVERY);
        let Some(sample) = Sample::of(pid, started) else {
            // A process may be over when its last marks are heard of: what it held just before counts.
            let heard = marked.ok().into_iter().chain(marks.iter());
            if let Some(last) = samples.all.last() {
                samples.marks.extend(heard.map(|()| last));
            }
            return samples;
        };
        samples.all.push(sample);
        match marked {
            Ok(()) => samples.marks.push(sample),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return samples,
        }
    }
}

/// Lines that cannot be read, at a prompt in a terminal of its own: every way to be wrong in turn.
fn lines(size: usize, server: &Server) -> Result<Samples> {
    const BAD: [&str; 5] = [
        "let = 1;",
        "nothing_of_that_name(1)",
        "db.orders.insertOne({ a: 1 })",
        "1 + \"",
        "throw 7",
    ];
    let terminal = native_pty_system().openpty(PtySize {
        rows: 24,
        cols: 100,
        pixel_width: 0,
        pixel_height: 0,
    })?;
    let made = server.command(std::path::Path::new(env!("CARGO_BIN_EXE_seaworthy")));
    let mut command = CommandBuilder::new(made.get_program());
    for (name, value) in made
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)))
    {
        command.env(name, value);
    }
    command.env("MONGODB_URI", &server.uri);
    let mut child = terminal.slave.spawn_command(command)?;
    let pid = child.process_id().ok_or("the prompt has no process")?;
    drop(terminal.slave);
    let mut output = terminal.master.try_clone_reader()?;
    let (sender, marks) = mpsc::channel();
    // The last line of each tenth prints what no error message holds.
    let reader = thread::spawn(move || {
        let (mut buffer, mut tail) = ([0; 65536], String::new());
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            tail.push_str(&String::from_utf8_lossy(&buffer[..count]));
            while let Some(place) = tail.find("mark 42") {
                tail.drain(..place + 7);
                let _ = sender.send(());
            }
            let keep = tail.len().saturating_sub(64);
            let keep = (keep..tail.len())
                .find(|at| tail.is_char_boundary(*at))
                .unwrap_or(keep);
            tail.drain(..keep);
        }
    });
    let mut input = terminal.master.take_writer()?;
    let writer = thread::spawn(move || -> std::io::Result<()> {
        for _ in 0..10 {
            for line in 0..size / 10 {
                writeln!(input, "{}", BAD[line % BAD.len()])?;
            }
            writeln!(input, "\"mark \" + 6 * 7")?;
        }
        write!(input, "\x04")
    });
    let samples = watch(pid, &marks);
    child.wait()?;
    drop(terminal.master);
    writer.join().map_err(|_| "the writer was lost")??;
    reader.join().map_err(|_| "the reader was lost")?;
    Ok(samples)
}
