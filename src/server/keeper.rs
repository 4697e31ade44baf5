use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{ExitCode, Result};

use super::connection_string::SET;
use super::ephemeral;
use super::initiate::{Readiness, SetPlan, make_ready};
use super::keeper_process::{Launch, StartResult};
use super::lock_file::{LockFile, LockMode};
use super::member::{Member, MemberPlan};
use super::member_options::MemberOptions;
use super::progress::{Progress, StartEvent};
use super::record::{Record, now_ms};
use super::{private_folder, secrets};
use crate::server::confinement::TcpPorts;

/// How often the keeper checks for users and requests.
const TICK: Duration = Duration::from_millis(200);

/// How long the server continues without users, so that the next command in a shell finds it.
const GRACE: Duration = Duration::from_millis(1500);

/// How long the server may take for a normal stop.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// After more restarts than this within a minute, the keeper gives up.
const RESTARTS: usize = 5;

/// Set by SIGTERM, SIGINT and SIGHUP, for example at log-out or shutdown.
static ASKED_TO_END: AtomicBool = AtomicBool::new(false);

/// Runs the hidden subcommand `keeper`: it owns one server until the server has no users.
/// `arguments` are those after `keeper`.
///
/// The process must do nothing else: it leaves its session, closes its files and kills its server
/// when it ends.
pub fn keeper_main(arguments: &[OsString]) -> ExitCode {
    let Some(launch) = Launch::from_arguments(arguments) else {
        return ExitCode::USAGE;
    };
    detach();
    let mut keeper = match Keeper::open(launch) {
        Ok(keeper) => keeper,
        Err(error) => {
            let hint = error.hint_text().map(str::to_owned);
            say(&StartResult::Failed {
                message: error.message().to_owned(),
                hint,
            });
            return ExitCode::NO_SERVER;
        }
    };
    say(&StartResult::Ready(keeper.record.clone()));
    let users = keeper.serve();
    keeper.end(users);
    ExitCode::DONE
}

/// Detaches this process from the terminal, the folder and the open files of the process that
/// started it.
fn detach() {
    // Inherited files could keep the pipe of another process open for hours.
    #[cfg(target_os = "linux")]
    // SAFETY: this process has not opened a file yet, so all of these files are inherited.
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

/// Writes the keeper's first line and closes the pipe. It does not matter whether a process still
/// reads it.
fn say(word: &StartResult) {
    let line = serde_json::to_string(word).unwrap_or_default();
    let _ = writeln!(std::io::stdout(), "{line}");
    if let Ok(nowhere) = std::fs::File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(nowhere);
    }
}

/// Cancels a start when the system asks the keeper to end.
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
    /// Held until this process ends: other processes check this lock.
    _lock: LockFile,
}

impl Keeper {
    fn open(launch: Launch) -> Result<Self> {
        let folder = &launch.folder;
        let patience = Duration::from_secs(5);
        let lock = LockFile::wait(
            &folder.keeper_lock(),
            LockMode::Exclusive,
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
            addresses: vec![socket.to_string_lossy().into_owned()],
            members: vec![MemberOptions::default()],
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
            port: launch.port,
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

    /// Watches the server until it should end. Returns the users' lock if the server has no users.
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
            match LockFile::attempt(&self.launch.folder.users_lock(), LockMode::Exclusive) {
                Ok(Some(users)) => {
                    let since = *unused_since.get_or_insert_with(Instant::now);
                    let asked = request == Some(Request::Idle);
                    // Held while the server stops: a new user waits for the end and starts a new
                    // server.
                    if asked || (!self.is_held() && since.elapsed() >= self.grace()) {
                        return Some(users);
                    }
                }
                _ => unused_since = None,
            }
        }
    }

    /// Restarts the server if it has ended; returns whether the keeper gives up.
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
            // The process runs, but the server does not become ready.
            if started.is_err() && self.member.ended().is_none() {
                return true;
            }
        }
        self.record.mongod_pid = self.member.pid().unwrap_or_default();
        self.record.layers = self.member.layers().cloned();
        self.record.write(&self.launch.folder.record()).is_err()
    }

    /// Returns how long the server continues without users. No program can rejoin an ephemeral
    /// server.
    fn grace(&self) -> Duration {
        if self.launch.ephemeral {
            Duration::ZERO
        } else {
            GRACE
        }
    }

    /// Returns whether this keeper should continue without users. Requests for earlier keepers do
    /// not count.
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
        // First, so that no program joins a server that is about to stop, or takes this for a
        // crash.
        let _ = std::fs::remove_file(folder.record());
        if self.launch.ephemeral {
            // Its data is deleted next, so a normal stop is not necessary.
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

/// A request to the keeper in the file `stop`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    /// Stop if the server has no users, without waiting for `GRACE`.
    Idle,
    /// Stop even if the server has users.
    Force,
}

/// Returns the folder of the socket: the one that an earlier keeper used, or a new one.
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
        tcp: launch.port.map(|own| TcpPorts {
            own,
            others: Vec::new(),
        }),
        has_fail_points: launch.port.is_none(),
        key_file: launch.folder.key_file(),
        log: launch.folder.log(),
        view: launch.folder.view(),
        confinement: launch.confinement.clone(),
        seaworthy: None,
        oplog_mb: 128,
    }
}

/// Starts the server and waits until a majority acknowledges a write. Runs on the main thread,
/// because the server ends with this thread.
fn start(member: &mut Member, set: &SetPlan, limit: Duration) -> Result<()> {
    let end = Instant::now() + limit;
    loop {
        member.start()?;
        member.wait_for_socket(end, &Signals)?;
        let ready = make_ready(set, end, &mut |waiting_for| {
            Signals.check()?;
            member.check_alive(waiting_for)
        });
        match ready {
            Ok(Readiness::Ready) => return Ok(()),
            Ok(Readiness::NeedsRestart) if Instant::now() < end => member.stop(STOP_LIMIT),
            Ok(Readiness::NeedsRestart) => {
                return Err(member.failed("the server to find itself in its set"));
            }
            Err(error) if error.hint_text().is_some() => return Err(error),
            Err(error) => {
                let log = member.failed("");
                return Err(error.hint(log.hint_text().unwrap_or_default()));
            }
        }
    }
}

/// A server needs a file for each connection and each table.
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
