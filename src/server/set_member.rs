use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use bson::doc;

use crate::error::Result;

use super::admin::Admin;
use super::errors::server_error;
use super::member::Member;
use super::owner_thread::OwnerThread;
use super::progress::Silent;

/// How long one member may take to start or to stop.
const LIMIT: Duration = Duration::from_secs(60);

/// One member of a script's replica set, with the operations on it.
#[derive(Debug)]
pub struct SetMember {
    // Shared with the owner thread, which starts it.
    member: Arc<Mutex<Member>>,
    owner: Arc<OwnerThread>,
    is_paused: AtomicBool,
    address: String,
    socket: PathBuf,
    key: String,
}

impl SetMember {
    pub(super) fn new(member: Member, owner: Arc<OwnerThread>, key: &str) -> Self {
        Self {
            address: member.plan().address(),
            socket: member.plan().socket.clone(),
            member: Arc::new(Mutex::new(member)),
            owner,
            is_paused: AtomicBool::new(false),
            key: key.to_owned(),
        }
    }

    /// Returns its address in the set: the path of its socket, or `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Returns its short name in the set: `m0`, `m1` …
    pub fn name(&self) -> &str {
        let file = self.socket.file_stem();
        file.and_then(|name| name.to_str()).unwrap_or(&self.address)
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
        let status = self
            .admin()
            .ok()?
            .run(doc! { "replSetGetStatus": 1 })
            .ok()?;
        let members = status.get_array("members").ok()?;
        let own = members
            .iter()
            .filter_map(bson::Bson::as_document)
            .find(|member| member.get_bool("self").unwrap_or(false))?;
        own.get_str("stateStr").ok().map(str::to_owned)
    }

    /// Returns whether the member reports that it is the primary now.
    pub fn is_primary(&self) -> bool {
        self.can_answer()
            && self
                .admin()
                .and_then(|admin| admin.run(doc! { "hello": 1 }))
                .is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false))
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
        let member = Arc::clone(&self.member);
        self.owner.run(move || {
            let mut member = member
                .lock()
                .map_err(|_| server_error("the state of a member was lost"))?;
            member.start()
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
