use std::path::Path;
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

/// One member of a script's replica set, and what can be done to it.
#[derive(Debug)]
pub struct SetMember {
    // Shared with the owner thread, which starts it.
    member: Arc<Mutex<Member>>,
    owner: Arc<OwnerThread>,
    is_paused: AtomicBool,
    address: String,
    key: String,
}

impl SetMember {
    pub(super) fn new(member: Member, owner: Arc<OwnerThread>, key: &str) -> Self {
        Self {
            address: member.plan().socket.to_string_lossy().into_owned(),
            member: Arc::new(Mutex::new(member)),
            owner,
            is_paused: AtomicBool::new(false),
            key: key.to_owned(),
        }
    }

    /// The path of its socket, which is also its name within the set.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `PRIMARY`, `SECONDARY` and so on as the server says it; `STOPPED`, `PAUSED` or `UNKNOWN` where it cannot.
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

    /// Whether it says that it is the primary at this moment.
    pub fn is_primary(&self) -> bool {
        self.can_answer()
            && self
                .admin()
                .and_then(|admin| admin.run(doc! { "hello": 1 }))
                .is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false))
    }

    /// Whether its process runs and is not paused.
    pub(super) fn can_answer(&self) -> bool {
        !self.is_paused.load(Ordering::Relaxed) && self.is_running()
    }

    fn is_running(&self) -> bool {
        self.lock().is_ok_and(|mut member| member.ended().is_none())
    }

    /// Starts its process, if it does not run, and waits until it takes connections. It may still have to catch up.
    pub fn start(&self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        self.is_paused.store(false, Ordering::Relaxed);
        self.launch()?;
        self.lock()?
            .wait_for_socket(Instant::now() + LIMIT, &Silent)
    }

    /// Starts its process without waiting for it.
    pub(super) fn launch(&self) -> Result<()> {
        let member = Arc::clone(&self.member);
        self.owner.run(move || {
            let mut member = member
                .lock()
                .map_err(|_| server_error("a member was lost"))?;
            member.start()
        })
    }

    /// Shuts it down in good order; the others notice at once.
    pub fn stop(&self) -> Result<()> {
        self.lock()?.stop(LIMIT);
        self.is_paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Kills it, as `kill -9` or a power cut does. What a majority acknowledged is not lost.
    pub fn kill(&self) -> Result<()> {
        self.lock()?.kill();
        self.is_paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Makes it hang with its connections open, as an overloaded machine does.
    pub fn pause(&self) -> Result<()> {
        self.lock()?.pause();
        self.is_paused.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Lets it go on after `pause`.
    pub fn resume(&self) -> Result<()> {
        self.lock()?.resume();
        self.is_paused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Has it take no further writes from the primary, while it still votes and answers: majorities wait for it.
    pub fn stop_replication(&self) -> Result<()> {
        self.replication("alwaysOn")
    }

    /// Lets it catch up after `stop_replication`.
    pub fn resume_replication(&self) -> Result<()> {
        self.replication("off")
    }

    fn replication(&self, mode: &str) -> Result<()> {
        let command = doc! { "configureFailPoint": "rsSyncApplyStop", "mode": mode };
        self.admin()?.run(command).map(|_| ())
    }

    /// A connection as the servers' own user.
    pub(super) fn admin(&self) -> Result<Admin> {
        if !self.can_answer() {
            return Err(
                server_error(format!("the member `{}` does not run", self.address))
                    .hint("`start()` or `resume()` it first"),
            );
        }
        Admin::system(Path::new(&self.address), &self.key)
    }

    pub(super) fn lock(&self) -> Result<MutexGuard<'_, Member>> {
        self.member
            .lock()
            .map_err(|_| server_error("a member was lost"))
    }
}
