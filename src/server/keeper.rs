use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{ExitCode, Result};

use super::connection_string::SET;
use super::ephemeral;
use super::initiate::{SetPlan, make_ready};
use super::keeper_process::{FirstWord, Launch};
use super::lock_file::{Hold, LockFile};
use super::member::{Member, MemberPlan};
use super::progress::{Progress, StartEvent};
use super::record::{Record, now_ms};
use super::{private_folder, secrets};

/// How often the keeper looks for users and requests.
const TICK: Duration = Duration::from_millis(200);

/// How long the server stays without users, for the next command of somebody at a prompt.
const GRACE: Duration = Duration::from_millis(1500);

/// How long the server may take to stop in good order.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// A server that dies this often within a minute is given up.
const RESTARTS: usize = 5;

/// Set by SIGTERM, SIGINT and SIGHUP: log-outs and shutdowns.
static ASKED_TO_END: AtomicBool = AtomicBool::new(false);

/// The hidden subcommand: owns one server until nobody uses it. `arguments` are what follows `keeper`.
///
/// The process must do nothing else: it leaves its session, closes its files and kills its server when it ends.
pub fn keeper_main(arguments: &[OsString]) -> ExitCode {
    let Some(launch) = Launch::from_arguments(arguments) else {
        return ExitCode::USAGE;
    };
    detach();
    let mut keeper = match Keeper::open(launch) {
        Ok(keeper) => keeper,
        Err(error) => {
            let hint = error.hint_text().map(str::to_owned);
            say(&FirstWord::Failed {
                message: error.message().to_owned(),
                hint,
            });
            return ExitCode::NO_SERVER;
        }
    };
    say(&FirstWord::Ready(keeper.record.clone()));
    let users = keeper.serve();
    keeper.end(users);
    ExitCode::DONE
}

/// Lets go of the terminal, the folder and the files of whoever started it.
fn detach() {
    // Files that were inherited by accident would keep somebody's pipe open for hours.
    #[cfg(target_os = "linux")]
    // SAFETY: nothing in this process has opened a file yet, so nobody's file is closed.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32);
    }
    let _ = rustix::process::setsid();
    let _ = std::env::set_current_dir("/");
    rustix::process::umask(rustix::fs::Mode::from_bits_truncate(0o077));
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        let handler: extern "C" fn(libc::c_int) = note_signal;
        // SAFETY: the handler only stores to an atomic, which signals may do.
        unsafe {
            libc::signal(signal, handler as libc::sighandler_t);
        }
    }
}

extern "C" fn note_signal(_signal: libc::c_int) {
    ASKED_TO_END.store(true, Ordering::Relaxed);
}

/// Says the one thing that is said, and closes the pipe. Whether somebody still listens does not matter.
fn say(word: &FirstWord) {
    let line = serde_json::to_string(word).unwrap_or_default();
    let _ = writeln!(std::io::stdout(), "{line}");
    if let Ok(nowhere) = std::fs::File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(nowhere);
    }
}

/// Calls a start off when the system asks the keeper to end.
struct Signals;

impl Progress for Signals {
    fn tell(&self, _event: &StartEvent) {}

    fn is_cancelled(&self) -> bool {
        ASKED_TO_END.load(Ordering::Relaxed)
    }
}

struct Keeper {
    launch: Launch,
    member: Member,
    set: SetPlan,
    record: Record,
    restarts: Vec<Instant>,
    /// Held as long as this process lives: that is how others know.
    _lock: LockFile,
}

impl Keeper {
    fn open(launch: Launch) -> Result<Self> {
        let folder = &launch.folder;
        let patience = Duration::from_secs(5);
        let lock = LockFile::wait(
            &folder.keeper_lock(),
            Hold::Exclusive,
            patience,
            &Signals,
            "another keeper to end",
        )?;
        let sockets = sockets(&launch)?;
        for stale in [folder.record(), folder.hold(), folder.stop()] {
            let _ = std::fs::remove_file(stale);
        }
        let socket = sockets.join(Launch::SOCKET);
        raise_file_limit();
        let set = SetPlan {
            name: SET.to_owned(),
            sockets: vec![socket.clone()],
            key: secrets::ensure(&folder.key_file())?,
            password: secrets::ensure(&folder.password())?,
            for_others: launch.confinement.for_others,
        };
        let mut member = Member::new(member_plan(&launch, socket.clone()));
        start(&mut member, &set, launch.limit)
            .inspect_err(|_| private_folder::remove_sockets(&sockets))?;
        let record = Record {
            keeper: rand::random::<[u8; 8]>()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            keeper_pid: std::process::id(),
            mongod_pid: member.pid().unwrap_or_default(),
            version: launch.mongod.version.to_string(),
            mongod: launch.mongod.path.clone(),
            socket,
            ready_at_ms: now_ms(),
            layers: member.layers().cloned(),
        };
        record.write(&folder.record())?;
        Ok(Self {
            launch,
            member,
            set,
            record,
            restarts: Vec::new(),
            _lock: lock,
        })
    }

    /// Watches over the server until it should end; the users' lock comes back if nobody holds it any more.
    fn serve(&mut self) -> Option<LockFile> {
        let mut unused_since: Option<Instant> = None;
        loop {
            thread::sleep(TICK);
            if ASKED_TO_END.load(Ordering::Relaxed) || self.is_given_up() {
                return None;
            }
            self.member.bound_log();
            let request = self.request();
            if request == Some(Request::Force) {
                return None;
            }
            match LockFile::attempt(&self.launch.folder.users_lock(), Hold::Exclusive) {
                Ok(Some(users)) => {
                    let since = *unused_since.get_or_insert_with(Instant::now);
                    let asked = request == Some(Request::Idle);
                    // Kept while the server stops: whoever comes now waits for the end, and starts a new one.
                    if asked || (!self.is_held() && since.elapsed() >= self.grace()) {
                        return Some(users);
                    }
                }
                _ => unused_since = None,
            }
        }
    }

    /// Starts a server that died again, for its users; and once more where that one dies before it is ready. Whether that is
    /// hopeless.
    fn is_given_up(&mut self) -> bool {
        if self.member.ended().is_none() {
            return false;
        }
        while self.member.ended().is_some() {
            self.restarts
                .retain(|when| when.elapsed() < Duration::from_secs(60));
            self.restarts.push(Instant::now());
            if self.restarts.len() > RESTARTS {
                return true;
            }
            let started = start(&mut self.member, &self.set, self.launch.limit);
            // It lives and does not get ready.
            if started.is_err() && self.member.ended().is_none() {
                return true;
            }
        }
        self.record.mongod_pid = self.member.pid().unwrap_or_default();
        self.record.layers = self.member.layers().cloned();
        self.record.write(&self.launch.folder.record()).is_err()
    }

    /// Nobody can come back to an ephemeral server.
    fn grace(&self) -> Duration {
        if self.launch.ephemeral {
            Duration::ZERO
        } else {
            GRACE
        }
    }

    /// Whether this very keeper is asked to stay; what an earlier one was asked does not count.
    fn is_held(&self) -> bool {
        std::fs::read_to_string(self.launch.folder.hold())
            .is_ok_and(|text| text.trim() == self.record.keeper)
    }

    fn request(&self) -> Option<Request> {
        let text = std::fs::read_to_string(self.launch.folder.stop()).ok()?;
        let (keeper, how) = text.trim().split_once(' ')?;
        match how {
            _ if keeper != self.record.keeper => None,
            "force" => Some(Request::Force),
            _ => Some(Request::Idle),
        }
    }

    fn end(mut self, users: Option<LockFile>) {
        let folder = self.launch.folder.clone();
        // First, so that nobody joins a server that is about to stop, and nobody takes this end for an accident.
        let _ = std::fs::remove_file(folder.record());
        if self.launch.ephemeral {
            // Its data is deleted in a moment, so there is nothing to put in order.
            self.member.kill();
        } else {
            self.member.stop(STOP_LIMIT);
        }
        for note in [folder.hold(), folder.stop()] {
            let _ = std::fs::remove_file(note);
        }
        if let Some(sockets) = self.record.socket.parent() {
            private_folder::remove_sockets(sockets);
        }
        if self.launch.ephemeral {
            ephemeral::remove(&folder);
        }
        drop(users);
    }
}

/// What somebody asked of the keeper through the file `stop`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    /// Stop if the server is not in use, without waiting for the grace to pass.
    Idle,
    /// Stop in any case.
    Force,
}

/// The folder of the socket: the one that users of an earlier keeper know, or a new one.
fn sockets(launch: &Launch) -> Result<PathBuf> {
    let earlier = launch.sockets.clone().or_else(|| {
        let record = Record::read(&launch.folder.record())?;
        record.socket.parent().map(Path::to_owned)
    });
    match earlier {
        Some(folder) if private_folder::ensure(&folder).is_ok() => Ok(folder),
        _ => private_folder::for_sockets(
            launch.runtime.as_deref(),
            launch.folder.root(),
            Launch::SOCKET,
        ),
    }
}

fn member_plan(launch: &Launch, socket: PathBuf) -> MemberPlan {
    MemberPlan {
        mongod: launch.mongod.path.clone(),
        set: SET.to_owned(),
        db: launch.folder.root().join("db"),
        socket,
        key_file: launch.folder.key_file(),
        log: launch.folder.log(),
        view: launch.folder.view(),
        confinement: launch.confinement.clone(),
        seaworthy: None,
        oplog_mb: 128,
    }
}

/// Starts the server and waits until a majority acknowledges a write. Called on the main thread, whose end is the server's.
fn start(member: &mut Member, set: &SetPlan, limit: Duration) -> Result<()> {
    let end = Instant::now() + limit;
    member.start()?;
    member.wait_for_socket(end, &Signals)?;
    let ready = make_ready(set, end, &mut |waiting_for| {
        Signals.check()?;
        member.check_alive(waiting_for)
    });
    ready.map(|_| ()).map_err(|error| match error.hint_text() {
        Some(_) => error,
        None => {
            let log = member.failed("");
            error.hint(log.hint_text().unwrap_or_default())
        }
    })
}

/// A server wants a file for each connection and each table.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    );
}
