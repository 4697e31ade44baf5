use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use bson::doc;
use bson::oid::ObjectId;

use crate::error::Result;

use super::admin::Admin;
use super::errors::{io_error, server_error};
use super::log_tail::tail;
use super::member::Member;
use super::network::{Callers, Endpoint};
use super::owner_thread::OwnerThread;
use super::progress::{Progress, Silent};
use super::rollback_files::{self, RollbackFile};

/// How long one member may take to start or to stop.
const LIMIT: Duration = Duration::from_secs(60);

/// The pause between two questions to a member that rolls back.
const PAUSE: Duration = Duration::from_millis(20);

/// One member of a script's replica set, with the operations on it.
#[derive(Debug)]
pub struct SetMember {
    // Shared with the owner thread, which starts it.
    member: Arc<Mutex<Member>>,
    owner: Arc<OwnerThread>,
    is_paused: AtomicBool,
    index: usize,
    address: String,
    socket: PathBuf,
    key: String,
    /// Where its process number is registered, if proxies carry its traffic.
    callers: Option<Arc<Callers>>,
    /// Whether writes reach it late.
    is_delayed: bool,
}

impl SetMember {
    /// Creates a member with its place in the set and its address there.
    pub(super) fn new(
        index: usize,
        address: &str,
        member: Member,
        owner: Arc<OwnerThread>,
        key: &str,
    ) -> Self {
        Self {
            index,
            address: address.to_owned(),
            socket: member.plan().socket.clone(),
            member: Arc::new(Mutex::new(member)),
            owner,
            is_paused: AtomicBool::new(false),
            key: key.to_owned(),
            callers: None,
            is_delayed: false,
        }
    }

    /// Registers its process there whenever it starts.
    pub(super) fn behind_proxy(mut self, callers: Option<Arc<Callers>>) -> Self {
        self.callers = callers;
        self
    }

    /// Notes whether writes reach it late.
    pub(super) fn delayed(mut self, is_delayed: bool) -> Self {
        self.is_delayed = is_delayed;
        self
    }

    /// Returns whether writes reach it late. Users and keys that are new are not there yet.
    pub(super) fn is_delayed(&self) -> bool {
        self.is_delayed
    }

    /// Returns its place in the set.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns its address in the set: the path of its socket or of its proxy's socket, or
    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the path of the socket on which it listens.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Returns its short name in the set: `m0`, `m1` …
    pub fn name(&self) -> String {
        Endpoint::Member(self.index).to_string()
    }

    /// Returns the state that the server reports, such as `PRIMARY` or `SECONDARY`; otherwise
    /// `STOPPED`, `PAUSED` or `UNKNOWN`.
    pub fn state(&self) -> String {
        if !self.is_running() {
            return "STOPPED".to_owned();
        }
        if self.is_paused.load(Ordering::Relaxed) {
            return "PAUSED".to_owned();
        }
        self.told_state().unwrap_or_else(|| "UNKNOWN".to_owned())
    }

    fn told_state(&self) -> Option<String> {
        let admin = self.admin().ok()?;
        let Ok(status) = admin.run(doc! { "replSetGetStatus": 1 }) else {
            // An arbiter has no users, so the driver does not log in there.
            let hello = admin.run(doc! { "hello": 1 }).ok()?;
            let is_arbiter = hello.get_bool("arbiterOnly").unwrap_or(false);
            return is_arbiter.then(|| "ARBITER".to_owned());
        };
        let members = status.get_array("members").ok()?;
        let own = members
            .iter()
            .filter_map(bson::Bson::as_document)
            .find(|member| member.get_bool("self").unwrap_or(false))?;
        own.get_str("stateStr").ok().map(str::to_owned)
    }

    /// Returns whether the member reports that it is the primary now.
    pub fn is_primary(&self) -> bool {
        self.election().is_some()
    }

    /// Returns the election that made it the primary, if it reports that it is the primary now. A
    /// later election is greater.
    pub(super) fn election(&self) -> Option<ObjectId> {
        let admin = self.admin().ok()?;
        let hello = admin.run(doc! { "hello": 1 }).ok()?;
        let is_primary = hello.get_bool("isWritablePrimary").unwrap_or(false);
        let election = hello.get_object_id("electionId").ok();
        election.filter(|_| is_primary)
    }

    /// Returns whether its process runs and is not paused.
    pub(super) fn can_answer(&self) -> bool {
        !self.is_paused.load(Ordering::Relaxed) && self.is_running()
    }

    fn is_running(&self) -> bool {
        self.lock().is_ok_and(|mut member| member.ended().is_none())
    }

    /// Starts its process, if necessary, and waits until it accepts connections. It may still have
    /// to catch up.
    pub fn start(&self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        self.is_paused.store(false, Ordering::Relaxed);
        self.launch()?;
        self.lock()?
            .wait_for_socket(Instant::now() + LIMIT, &Silent)
    }

    /// Starts its process and does not wait until it is ready.
    pub(super) fn launch(&self) -> Result<()> {
        let (member, callers, index) = (Arc::clone(&self.member), self.callers.clone(), self.index);
        self.owner.run(move || {
            let mut member = member
                .lock()
                .map_err(|_| server_error("the state of a member was lost"))?;
            let mut start = || member.start().map(|()| member.pid());
            match callers {
                Some(callers) => callers.start(index, start),
                None => start().map(|_| ()),
            }
        })
    }

    /// Shuts it down normally. The other members notice it immediately.
    pub fn stop(&self) -> Result<()> {
        self.lock()?.stop(LIMIT);
        self.is_paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Kills it, like `kill -9` or a power failure. Writes acknowledged by a majority are not lost.
    pub fn kill(&self) -> Result<()> {
        self.lock()?.kill();
        self.is_paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Makes it hang with open connections, like an overloaded machine.
    pub fn pause(&self) -> Result<()> {
        self.lock()?.pause();
        self.is_paused.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Continues its process after `pause`.
    pub fn resume(&self) -> Result<()> {
        self.lock()?.resume();
        self.is_paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Stops its replication from the primary. It still votes and answers, but majority writes wait
    /// for it.
    pub fn stop_replication(&self) -> Result<()> {
        self.replication("alwaysOn")
    }

    /// Continues its replication after `stop_replication`.
    pub fn resume_replication(&self) -> Result<()> {
        self.replication("off")
    }

    fn replication(&self, mode: &str) -> Result<()> {
        let command = doc! { "configureFailPoint": "rsSyncApplyStop", "mode": mode };
        self.admin()?.run(command).map(|_| ())
    }

    /// Returns what it removed when it rolled writes back, oldest first. Waits while it rolls back,
    /// because it answers nothing then.
    ///
    /// # Errors
    /// `Server` if it does not run.
    pub fn rollback_files(&self, progress: &dyn Progress) -> Result<Vec<RollbackFile>> {
        let db = self.lock()?.plan().db.clone();
        let end = Instant::now() + LIMIT;
        loop {
            let admin = self.admin()?;
            match rollback_files::read(&db, &admin) {
                Err(_) if Instant::now() < end => progress.check()?,
                files => return files,
            }
            thread::sleep(PAUSE);
        }
    }

    /// Returns the last `count` lines of its log, in readable form.
    pub fn log(&self, count: usize) -> Result<Vec<String>> {
        let log = self.lock()?.plan().log.clone();
        tail(&log, 0, count).map_err(|cause| io_error("read", &log, &cause))
    }

    /// Connects as the internal user of the servers.
    pub(super) fn admin(&self) -> Result<Admin> {
        if !self.can_answer() {
            return Err(
                server_error(format!("the member `{}` does not run", self.address))
                    .hint("call `start()` or `resume()` first"),
            );
        }
        Admin::system(&self.socket, &self.key)
    }

    pub(super) fn lock(&self) -> Result<MutexGuard<'_, Member>> {
        self.member
            .lock()
            .map_err(|_| server_error("the state of a member was lost"))
    }
}
