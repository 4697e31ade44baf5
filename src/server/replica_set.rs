use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bson::doc;

use crate::error::{Error, Result};

use super::admin::Admin;
use super::connection_string::USER;
use super::errors::server_error;
use super::initiate::{Readiness, SetPlan, make_ready};
use super::lock_file::LockFile;
use super::member::{LOOPBACK, Member, MemberPlan};
use super::member_options::MemberOptions;
use super::mongod::Mongod;
use super::network::SetNetwork;
use super::owner_thread::OwnerThread;
use super::progress::{Progress, StartEvent};
use super::record::{Record, now_ms};
use super::server_folder::ServerFolder;
use super::set_member::SetMember;
use super::settings::ServerSettings;
use super::{connection_string, ephemeral, private_folder, secrets, tcp_port};
use crate::mongo::ConnectionString;
use crate::server::confinement::TcpPorts;

/// The pause between two checks for a primary.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest name of a socket, to check the length of its path.
const LONGEST_SOCKET: &str = "m4.direct.sock";

/// The options of a replica set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOptions {
    pub members: Vec<MemberOptions>,
    /// Whether the members also listen on TCP ports of 127.0.0.1, for other programs.
    pub tcp: bool,
    /// Whether proxies carry the traffic of the members, so that links can be broken.
    pub network: bool,
}

impl SetOptions {
    /// Returns the options of a set of ordinary members that only this process reaches.
    pub fn private(members: usize) -> Self {
        Self {
            members: vec![MemberOptions::default(); members],
            tcp: false,
            network: false,
        }
    }
}

/// A replica set that only this process uses. It ends when it is dropped or when the process ends,
/// also after a crash.
#[derive(Debug)]
pub struct ReplicaSet {
    members: Vec<Arc<SetMember>>,
    network: Option<SetNetwork>,
    uri: ConnectionString,
    password: String,
    folder: ServerFolder,
    sockets: PathBuf,
    // Held so that no other process deletes the folder.
    _users: LockFile,
}

/// Where a set keeps its files. The lock is held so that no other process deletes the folder.
struct Place {
    folder: ServerFolder,
    sockets: PathBuf,
    users: LockFile,
}

impl ReplicaSet {
    /// Starts a set of 1, 3 or 5 members; returns once a majority has acknowledged a write.
    ///
    /// # Errors
    /// `InvalidArgument` for members that make no useful set; `Server`, if it does not start, with the end of a log.
    pub fn start(
        options: SetOptions,
        mongod: &Mongod,
        settings: &ServerSettings,
        progress: &dyn Progress,
    ) -> Result<Self> {
        MemberOptions::check(&options.members)?;
        let members = options.members.len();
        if options.tcp && options.network {
            return Err(Error::invalid_argument(
                "a replica set cannot have both `tcp` and `network`",
            )
            .hint("the proxies of `network` listen on sockets only: leave one of the two out"));
        }
        ephemeral::sweep(&settings.folders, progress);
        let (folder, users) = ephemeral::create(&settings.folders, progress)?;
        progress.tell(&StartEvent::Starting {
            version: mongod.version.to_string(),
            folder: folder.root().to_owned(),
        });
        let runtime = settings.folders.runtime.as_deref();
        let sockets = private_folder::for_sockets(runtime, folder.root(), LONGEST_SOCKET)?;
        folder.note_sockets(&sockets)?;
        let ports = match options.tcp {
            true => tcp_port::free(members)?,
            false => Vec::new(),
        };
        let paths = |ending: &str| -> Vec<PathBuf> {
            let names = (0..members).map(|index| format!("m{index}{ending}"));
            names.map(|name| sockets.join(name)).collect()
        };
        let hosts = paths(".sock");
        let network = options.network.then(|| {
            let targets = paths(".direct.sock");
            SetNetwork::start(hosts.iter().cloned().zip(targets))
        });
        let network = network.transpose()?;
        let plan = SetPlan {
            name: "rs".to_owned(),
            addresses: match options.tcp {
                true => ports
                    .iter()
                    .map(|port| format!("{LOOPBACK}:{port}"))
                    .collect(),
                false => hosts
                    .iter()
                    .map(|path| path.to_string_lossy().into_owned())
                    .collect(),
            },
            members: options.members,
            sockets: match options.network {
                true => paths(".direct.sock"),
                false => hosts,
            },
            key: secrets::ensure(&folder.key_file())?,
            password: secrets::ensure(&folder.password())?,
            for_others: settings.confinement.for_others,
        };
        let place = Place {
            folder,
            sockets,
            users,
        };
        let set = Self::new(&plan, &ports, network, mongod, settings, place)?;
        set.bring_up(&plan, settings.start_limit, progress)?;
        progress.tell(&StartEvent::Ready {
            version: mongod.version.to_string(),
        });
        Ok(set)
    }

    fn new(
        plan: &SetPlan,
        ports: &[u16],
        network: Option<SetNetwork>,
        mongod: &Mongod,
        settings: &ServerSettings,
        place: Place,
    ) -> Result<Self> {
        let Place {
            folder,
            sockets,
            users,
        } = place;
        let callers = network.as_ref().map(SetNetwork::callers);
        let owner = Arc::new(OwnerThread::start());
        let member = |(index, (socket, address)): (usize, (&PathBuf, &String))| {
            let member = Member::new(MemberPlan {
                tcp: ports_of(ports, index),
                ..member_plan(plan, mongod, settings, &folder, index, socket)
            });
            let member = SetMember::new(index, address, member, Arc::clone(&owner), &plan.key);
            let is_delayed = plan
                .members
                .get(index)
                .is_some_and(|member| member.delay_seconds > 0);
            Arc::new(member.behind_proxy(callers.cloned()).delayed(is_delayed))
        };
        let ways = plan.sockets.iter().zip(&plan.addresses);
        let members = ways.enumerate().map(member).collect();
        // Tells a later process, which deletes the folder, where the sockets are.
        let record = Record {
            keeper: "a script".to_owned(),
            keeper_pid: std::process::id(),
            mongod_pid: 0,
            version: mongod.version.to_string(),
            mongod: mongod.path.clone(),
            socket: sockets.join("m0.sock"),
            port: None,
            ready_at_ms: now_ms(),
            layers: None,
        };
        record.write(&folder.record())?;
        let hosts = plan.addresses.iter().map(String::as_str);
        Ok(Self {
            members,
            network,
            uri: connection_string::for_set(USER, &plan.password, &plan.name, hosts),
            password: plan.password.clone(),
            folder,
            sockets,
            _users: users,
        })
    }

    fn bring_up(&self, plan: &SetPlan, limit: Duration, progress: &dyn Progress) -> Result<()> {
        let end = Instant::now() + limit;
        // Start all members at the same time, then wait for each.
        for member in &self.members {
            member.launch()?;
        }
        for member in &self.members {
            member.lock()?.wait_for_socket(end, progress)?;
        }
        let ready = make_ready(plan, end, &mut |waiting_for| {
            progress.check()?;
            self.members
                .iter()
                .try_for_each(|member| member.lock()?.check_alive(waiting_for))
        });
        match ready? {
            Readiness::Ready => Ok(()),
            Readiness::NeedsRestart => {
                Err(server_error("a new member did not find itself in its set")
                    .hint("the machine may be very busy: try again"))
            }
        }
    }

    /// Returns the URI of the whole set, with the root user `seaworthy`.
    pub fn uri(&self) -> &ConnectionString {
        &self.uri
    }

    /// Returns all members, running or not, always in the same order.
    pub fn members(&self) -> &[Arc<SetMember>] {
        &self.members
    }

    /// Returns the proxies of the set, if it was started with them.
    pub fn network(&self) -> Option<&SetNetwork> {
        self.network.as_ref()
    }

    /// Returns the current primary, if there is one.
    pub fn primary(&self) -> Option<&Arc<SetMember>> {
        if self.network.is_none() {
            return self.members.iter().find(|member| member.is_primary());
        }
        // A primary that is cut off does not know of a newer one for a second.
        let elected = self.members.iter();
        let elected = elected.filter_map(|member| Some((member.election()?, member)));
        let newest = elected.max_by_key(|(election, _)| *election);
        newest.map(|(_, member)| member)
    }

    /// Returns the members whose state is currently `SECONDARY`.
    pub fn secondaries(&self) -> Vec<&Arc<SetMember>> {
        self.members
            .iter()
            .filter(|member| member.state() == "SECONDARY")
            .collect()
    }

    /// Waits until a majority acknowledges a write and the secondaries accept reads; returns the
    /// primary.
    ///
    /// # Errors
    /// `Server`, with the states of the members, if this takes longer than `limit`.
    pub fn wait_for_primary(
        &self,
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<&Arc<SetMember>> {
        let end = Instant::now() + limit;
        loop {
            if let Some(primary) = self.primary()
                && self.is_ready(primary)
            {
                return Ok(primary);
            }
            progress.check()?;
            if Instant::now() > end {
                let states: Vec<String> =
                    self.members.iter().map(|member| member.state()).collect();
                return Err(server_error(format!(
                    "timed out after {:.1} s waiting for a primary with a majority",
                    limit.as_secs_f64()
                ))
                .hint(format!("the members are {}", states.join(", "))));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Returns whether the set accepts writes and reads. If all members were killed, the
    /// secondaries first refuse clients that come from the primary: they do not have the keys of
    /// its cluster time yet.
    fn is_ready(&self, primary: &SetMember) -> bool {
        let admin = |member: &SetMember| Admin::user(member.socket(), &self.password);
        let ready = || -> Result<()> {
            let primary = admin(primary)?;
            primary.write_to_majority()?;
            let secondaries = self.secondaries().into_iter();
            for secondary in secondaries.filter(|member| !member.is_delayed()) {
                primary.hand_clock_to(&admin(secondary)?)?;
            }
            Ok(())
        };
        ready().is_ok()
    }

    /// Makes the primary step down. Another member is elected within about a second; does not wait
    /// for that.
    pub fn step_down(&self) -> Result<()> {
        let primary = self.primary().ok_or_else(|| {
            server_error("the set has no primary that could step down")
                .hint("call `wait_for_primary` first")
        })?;
        let command = doc! { "replSetStepDown": 10, "secondaryCatchUpPeriodSecs": 5 };
        primary.admin()?.run(command).map(|_| ())
    }

    /// Ends the set and deletes its data. A second call does nothing.
    pub fn stop(&self) {
        for member in &self.members {
            let _ = member.kill();
        }
        if let Some(network) = &self.network {
            network.stop();
        }
        private_folder::remove_sockets(&self.sockets);
        ephemeral::remove(&self.folder);
    }
}

impl Drop for ReplicaSet {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns the ports of the member with this index, if the set has ports.
fn ports_of(ports: &[u16], index: usize) -> Option<TcpPorts> {
    let own = *ports.get(index)?;
    let others = ports.iter().copied().filter(|port| *port != own);
    Some(TcpPorts {
        own,
        others: others.collect(),
    })
}

fn member_plan(
    plan: &SetPlan,
    mongod: &Mongod,
    settings: &ServerSettings,
    folder: &ServerFolder,
    index: usize,
    socket: &std::path::Path,
) -> MemberPlan {
    MemberPlan {
        mongod: mongod.path.clone(),
        set: plan.name.clone(),
        db: folder.root().join(format!("db{index}")),
        socket: socket.to_owned(),
        tcp: None,
        has_fail_points: true,
        key_file: folder.key_file(),
        log: folder.logs().join(format!("mongod{index}.log")),
        view: folder.view(),
        confinement: settings.confinement.clone(),
        seaworthy: settings.keeper.clone(),
        oplog_mb: 64,
    }
}
