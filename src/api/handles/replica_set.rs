//! The script types `ReplicaSet` and `Member`: servers that a script starts and can break on
//! purpose.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Array, Dynamic, INT};
use tokio::sync::oneshot;

use crate::api::call::function_error::{FunctionError, FunctionResult};
use crate::api::call::methods;
use crate::api::call::methods::{Registrar, functions};
use crate::error::{Error, Kind, Result};
use crate::mongo::{CallError, CallOptions, Interrupt, block_until};
use crate::record::FaultKind;
use crate::server::{self, SetMember, SetOptions};

/// How long an interrupted call may clean up.
const CLEANUP_TIME: Duration = Duration::from_millis(500);

/// A replica set in a script. Copies refer to the same set.
#[derive(Clone)]
pub struct ReplicaSet {
    inner: Arc<server::ReplicaSet>,
}

/// One member of a replica set.
#[derive(Clone)]
pub struct Member {
    inner: Arc<SetMember>,
    // Keeps the set running as long as a script holds a member.
    _set: Arc<server::ReplicaSet>,
}

/// Registers both types and `replica_set`.
pub fn register_all(registrar: &mut Registrar) {
    register(registrar);
    member::register(registrar);
    register_functions(registrar);
}

functions! {
    /// Starts a replica set with 1, 3 or 5 members on this machine.
    ///
    /// It is ready when `replica_set` returns. It does not open a port, other users cannot connect
    /// to it, and it is deleted when the script ends.
    ///
    /// With `tcp: true` the members also listen on ports of 127.0.0.1, so that programs in any
    /// language can meet a failover: `rs.uri` is their connection string. Each login needs its
    /// password. Fail points need no login: other users of this machine could set them.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// let own = connect(rs);
    /// own.shop.orders.insert_one(#{ _id: 1 });
    /// assert_eq(rs.members.len(), 1);
    /// rs.stop();
    /// ```
    function replica_set(call, options?: REPLICA_SET) -> "ReplicaSet" {
        let options = set_options(call.options()?)?;
        if options.tcp && call.session.is_confined() {
            return Err(Error::invalid_argument("a confined script cannot open TCP ports")
                .hint("leave `tcp` out: the set is then reached through its sockets")
                .into());
        }
        let own = call.session.clone();
        let set = on_server_thread(call.session.interrupt(), move || own.start_set(options))?;
        Ok(Dynamic::from(ReplicaSet { inner: set }))
    }
}

fn set_options(mut options: CallOptions) -> Result<SetOptions> {
    let tcp: Option<bool> = options.take_as("tcp", "`true` or `false`")?;
    let members: Option<INT> = options.take_as("members", "1, 3 or 5")?;
    let members = members.unwrap_or(3);
    let count = usize::try_from(members)
        .ok()
        .filter(|count| [1, 3, 5].contains(count));
    let count = count.ok_or_else(|| {
        Error::invalid_argument(format!("a replica set cannot have {members} members"))
            .hint("use 1, 3 or 5: an even number of members does not survive more failures")
    })?;
    Ok(SetOptions {
        members: count,
        tcp: tcp.unwrap_or(false),
    })
}

/// Runs work that waits for servers on another thread, so that Ctrl-C does not wait for it.
fn on_server_thread<T: Send + 'static>(
    interrupt: &Interrupt,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> std::result::Result<T, CallError> {
    let (answer, mut answers) = oneshot::channel();
    let lost = || Error::new(Kind::Server, "the thread that controls the servers ended");
    std::thread::Builder::new()
        .name("servers".into())
        .spawn(move || {
            let _ = answer.send(work());
        })
        .map_err(|_| lost())?;
    match interrupt.block_on(&mut answers, None) {
        Ok(done) => {
            let done = done.and_then(std::result::Result::ok).ok_or_else(lost)?;
            match interrupt.stopped_by_now() {
                Some(stop) => Err(stop.into()),
                None => Ok(done?),
            }
        }
        Err(stop) => {
            // The work sees the interrupt itself and removes what it has started.
            let _ = block_until(answers, Some(Instant::now() + CLEANUP_TIME));
            Err(stop.into())
        }
    }
}

/// Shows no progress, and cancels the work when the run must end.
struct SilentProgress(Interrupt);

impl server::Progress for SilentProgress {
    fn tell(&self, _event: &server::StartEvent) {}

    fn is_cancelled(&self) -> bool {
        self.0.stopped_by_now().is_some()
    }
}

impl ReplicaSet {
    pub fn uri(&self) -> &str {
        self.inner.uri().expose()
    }

    fn member(&self, member: &Arc<SetMember>) -> Dynamic {
        Dynamic::from(Member {
            inner: Arc::clone(member),
            _set: Arc::clone(&self.inner),
        })
    }

    /// Runs a query on the servers on another thread.
    fn ask<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        work: impl FnOnce(&server::ReplicaSet) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, FunctionError> {
        let set = Arc::clone(&self.inner);
        Ok(on_server_thread(interrupt, move || work(&set))?)
    }
}

impl fmt::Display for ReplicaSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<String> = self
            .inner
            .members()
            .iter()
            .map(|member| format!("{} {}", member.name(), member.state().to_lowercase()))
            .collect();
        write!(f, "<replica set: {}>", members.join(", "))
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.inner.state().to_lowercase();
        write!(f, "<member {}, {state}>", self.inner.name())
    }
}

methods! { ReplicaSet, "ReplicaSet";
    /// Returns the connection string with the password, for other programs.
    ///
    /// `connect(rs)` does not need it.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert(rs.uri.starts_with("mongodb://"));
    /// ```
    property uri(this, _call) -> "string" {
        Ok(this.uri().into())
    }

    /// Returns all members, running or not, always in the same order.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.members.map(|member| member.state), ["PRIMARY"]);
    /// ```
    property members(this, _call) -> "Array" {
        let members = this.inner.members().iter();
        Ok(members.map(|member| this.member(member)).collect::<Array>().into())
    }

    /// Returns the member that is the primary now, or `()` if there is none.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.primary.address, rs.members[0].address);
    /// ```
    property primary(this, call) -> "Member" {
        let found = this.ask(call.session.interrupt(), |set| Ok(set.primary().cloned()))?;
        Ok(found.map_or(Dynamic::UNIT, |member| this.member(&member)))
    }

    /// Returns the members that are secondaries now.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.secondaries, []);
    /// ```
    property secondaries(this, call) -> "Array" {
        let found = this.ask(call.session.interrupt(), |set| {
            Ok(set.secondaries().into_iter().cloned().collect::<Vec<_>>())
        })?;
        Ok(found.iter().map(|member| this.member(member)).collect::<Array>().into())
    }

    /// Waits until a majority has acknowledged a write to a primary, and returns this primary.
    ///
    /// The limit is the given number of seconds, or 30.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.wait_for_primary(10).state, "PRIMARY");
    /// ```
    method wait_for_primary(this, call, seconds?: Seconds) {
        let limit = call.seconds()?.unwrap_or(Duration::from_secs(30));
        let interrupt = call.session.interrupt();
        let progress = SilentProgress(interrupt.clone());
        let primary = this.ask(interrupt, move |set| set.wait_for_primary(limit, &progress).cloned())?;
        Ok(this.member(&primary))
    }

    /// Makes the primary step down.
    ///
    /// The set elects another member within about a second; `step_down` does not wait for it.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3 });
    /// let old = rs.primary.address;
    /// rs.step_down();
    /// assert(rs.wait_for_primary(30).address != old);
    /// ```
    method step_down(this, call) {
        let recorder = call.session.recorder();
        let interrupt = call.session.interrupt();
        let fault = match recorder {
            None => None,
            Some(recorder) => {
                let primary = this.ask(interrupt, |set| Ok(set.primary().cloned()))?;
                primary.map(|primary| recorder.begin_fault(FaultKind::StepDown, primary.address()))
            }
        };
        let done = this.ask(interrupt, |set| set.step_down());
        if let Some(fault) = fault {
            fault.end(None);
        }
        done?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the set: its members and their states.
    ///
    /// ```rhai
    /// assert_eq(replica_set(#{ members: 1 }).to_string(), "<replica set: m0 primary>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Stops all members and deletes their data.
    ///
    /// This also happens when the script ends.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.stop();
    /// assert_eq(rs.members[0].state, "STOPPED");
    /// ```
    method stop(this, _call) {
        this.inner.stop();
        Ok(Dynamic::UNIT)
    }
}

/// The properties and methods of one member.
mod member {
    use super::{Dynamic, FunctionResult, Member, Result, SetMember, methods, on_server_thread};
    use crate::api::call::arguments::Call;
    use crate::record::FaultKind;
    use std::sync::Arc;

    impl Member {
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
            let address = self.inner.address();
            let faults = call.session.open_faults();
            if let Some(recorder) = call.session.recorder() {
                faults.begin(recorder, kind, address);
            }
            let done = self.control(call, work);
            if done.is_err() {
                faults.end(&[kind], address);
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
            call.session.open_faults().end(kinds, self.inner.address());
            Ok(done)
        }
    }

    methods! { Member, "Member";
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
    }
}
