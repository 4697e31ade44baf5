//! The script type `Member`: one server of a replica set that a script started.

use std::fmt;
use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::server_thread::{SilentProgress, on_server_thread};
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::error::Result;
use crate::record::FaultKind;
use crate::server::{self, Endpoint, RollbackFile, SetMember};
use crate::values::codec::convert;

/// How many lines of a log are returned.
const LOG_LINES: usize = 20;

/// One member of a replica set.
#[derive(Clone)]
pub struct Member {
    inner: Arc<SetMember>,
    // Keeps the set running as long as a script holds a member.
    set: Arc<server::ReplicaSet>,
}

impl Member {
    pub(super) fn new(inner: &Arc<SetMember>, set: &Arc<server::ReplicaSet>) -> Self {
        Self {
            inner: Arc::clone(inner),
            set: Arc::clone(set),
        }
    }

    /// Returns whether it is a member of this set.
    pub(super) fn is_in(&self, set: &Arc<server::ReplicaSet>) -> bool {
        Arc::ptr_eq(&self.set, set)
    }

    pub(super) fn end(&self) -> Endpoint {
        Endpoint::Member(self.inner.index())
    }

    fn control(
        &self,
        call: &Call,
        work: impl FnOnce(&SetMember) -> Result<()> + Send + 'static,
    ) -> FunctionResult {
        let member = Arc::clone(&self.inner);
        on_server_thread(call.session.interrupt(), move || work(&member))?;
        Ok(Dynamic::UNIT)
    }

    /// Does work that is a fault, and records its begin.
    fn fault(
        &self,
        call: &Call,
        kind: FaultKind,
        work: impl FnOnce(&SetMember) -> Result<()> + Send + 'static,
    ) -> FunctionResult {
        let label = format!("{} {}", kind.name(), self.end());
        let faults = call.session.faults();
        let recorder = call.session.recorder();
        let fault = faults.begin(recorder, kind, self.inner.address(), label);
        let done = self.control(call, work);
        if done.is_err() {
            fault.end();
        }
        done
    }

    /// Does work that ends faults of these kinds, and records their end.
    fn repair(
        &self,
        call: &Call,
        kinds: &[FaultKind],
        work: impl FnOnce(&SetMember) -> Result<()> + Send + 'static,
    ) -> FunctionResult {
        let done = self.control(call, work)?;
        call.session.faults().end(kinds, self.inner.address());
        Ok(done)
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.inner.state().to_lowercase();
        write!(f, "<member {}, {state}>", self.inner.name())
    }
}

/// Returns a rollback file as a Document.
fn of_rollback_file(file: &RollbackFile) -> Result<Dynamic> {
    let documents = convert::of_documents(&file.documents)?;
    Ok(Dynamic::from(convert::of_pairs([
        ("namespace", file.namespace.clone().into()),
        ("documents", documents.into()),
        ("path", file.path.to_string_lossy().into_owned().into()),
    ])))
}

methods! { Member, "Member";
    /// Returns the member's short name, such as `m0`. Messages about the network use it.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.members[0].name, "m0");
    /// ```
    property name(this, _call) -> "string" {
        Ok(this.end().to_string().into())
    }

    /// Returns the member's address in the set: the path of its socket, or with `tcp: true`
    /// `127.0.0.1` and a port.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert(rs.members[0].address.ends_with(".sock"));
    /// ```
    property address(this, _call) -> "string" {
        Ok(this.inner.address().to_owned().into())
    }

    /// Returns the state that the server reports, such as `PRIMARY` or `SECONDARY`.
    ///
    /// If the server cannot report it, the state is `STOPPED`, `PAUSED` or `UNKNOWN`.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.members[0].state, "PRIMARY");
    /// ```
    property state(this, call) -> "string" {
        let member = Arc::clone(&this.inner);
        let state = on_server_thread(call.session.interrupt(), move || Ok(member.state()))?;
        Ok(state.into())
    }

    /// Returns a short description of the member: its name and its state.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.members[0].to_string(), "<member m0, primary>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Shuts the member down cleanly.
    ///
    /// The other members notice it immediately.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.members[0].stop();
    /// assert_eq(rs.members[0].state, "STOPPED");
    /// ```
    method stop(this, call) {
        this.fault(call, FaultKind::Stop, SetMember::stop)
    }

    /// Kills the member, as `kill -9` or a power failure does.
    ///
    /// Writes that a majority acknowledged are not lost.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.members[0].kill();
    /// rs.members[0].start();
    /// rs.wait_for_primary(30);
    /// ```
    method kill(this, call) {
        this.fault(call, FaultKind::Kill, SetMember::kill)
    }

    /// Starts the member again and waits until it accepts connections.
    ///
    /// It may still have to catch up with the primary.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.members[0].stop();
    /// rs.members[0].start();
    /// rs.wait_for_primary(30);
    /// ```
    method start(this, call) {
        this.repair(call, &[FaultKind::Kill, FaultKind::Stop, FaultKind::Pause], SetMember::start)
    }

    /// Makes the member hang with open connections, like an overloaded machine.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.members[0].pause();
    /// assert_eq(rs.members[0].state, "PAUSED");
    /// ```
    method pause(this, call) {
        this.fault(call, FaultKind::Pause, SetMember::pause)
    }

    /// Lets the member continue after `pause`.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.members[0].pause();
    /// rs.members[0].resume();
    /// rs.wait_for_primary(30);
    /// ```
    method resume(this, call) {
        this.repair(call, &[FaultKind::Pause], SetMember::resume)
    }

    /// Stops the replication to this member.
    ///
    /// It still votes and answers, but a write that waits for it to reach a majority has to
    /// wait.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3 });
    /// for member in rs.secondaries { member.stop_replication(); }
    /// let shop = connect(rs, #{ write_concern: #{ w: "majority", wtimeout: 100 } }).shop;
    /// assert_throws(errors::WriteConcernTimeout, || shop.orders.insert_one(#{ n: 1 }));
    /// ```
    method stop_replication(this, call) {
        this.fault(call, FaultKind::StopReplication, SetMember::stop_replication)
    }

    /// Lets the member replicate again after `stop_replication`.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3 });
    /// for member in rs.secondaries { member.stop_replication(); }
    /// for member in rs.secondaries { member.resume_replication(); }
    /// rs.wait_for_primary(30);
    /// ```
    method resume_replication(this, call) {
        this.repair(call, &[FaultKind::StopReplication], SetMember::resume_replication)
    }

    /// Returns the last lines of the member's log, oldest first: time, component, message and
    /// attributes. Without `lines`, 20 of them. A member that does not run has its log too.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.primary.log(3).len(), 3);
    /// assert(rs.primary.log(200).some(|line| line.contains("REPL")));
    /// ```
    method log(this, call, lines?: Count) -> "Array" {
        let count = call.count()?.map_or(LOG_LINES, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let member = Arc::clone(&this.inner);
        let lines = on_server_thread(call.session.interrupt(), move || member.log(count))?;
        Ok(lines.into_iter().map(Dynamic::from).collect::<Array>().into())
    }

    /// Returns the rollback files of the member, oldest first.
    ///
    /// A member that was the primary and returns to the set removes its writes that no majority
    /// has. It keeps the removed documents in these files, where no query finds them. Each Document
    /// has the `namespace` of the collection, the `documents` and the `path` of the file. The
    /// member must run.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.primary.rollback_files(), []);
    /// ```
    method rollback_files(this, call) -> "Array" {
        let member = Arc::clone(&this.inner);
        let interrupt = call.session.interrupt();
        let progress = SilentProgress::new(interrupt);
        let files = on_server_thread(interrupt, move || member.rollback_files(&progress))?;
        let files = files.iter().map(of_rollback_file).collect::<Result<Array>>()?;
        Ok(files.into())
    }
}
