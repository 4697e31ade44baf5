use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};

use crate::error::server_codes::{
    ALREADY_INITIALIZED, AUTHENTICATION_FAILED, NODE_NOT_FOUND, ROLE_EXISTS, USER_EXISTS,
};
use crate::error::{Error, Result};
use crate::mongo::allow_list::lists::OWN_ROLE;

use super::admin::Admin;
use super::connection_string::USER;
use super::errors::server_error;
use super::member_options::MemberOptions;

/// The pause between two checks for a primary.
const PAUSE: Duration = Duration::from_millis(5);

/// The plan of a replica set: its name, its members' sockets, and its secrets.
#[derive(Clone)]
pub(super) struct SetPlan {
    pub name: String,
    /// The sockets on which the members listen.
    pub sockets: Vec<PathBuf>,
    /// The addresses of the members in the set. Proxies may listen there.
    pub addresses: Vec<String>,
    /// The options of the members, in the same order.
    pub members: Vec<MemberOptions>,
    /// The text of the key file.
    pub key: String,
    /// The password of the user [`USER`].
    pub password: String,
    /// Whether scripts of others log in as that user. Then it is not root.
    pub for_others: bool,
}

impl SetPlan {
    fn members(&self) -> Vec<Document> {
        let members = self.addresses.iter().zip(&self.members);
        (0_i32..)
            .zip(members)
            .map(|(id, (host, member))| member.config(id, host))
            .collect()
    }

    /// Shorter timeouts: with the server's defaults, a set of three needs ten seconds to elect its
    /// first primary.
    fn config(&self) -> Document {
        doc! {
            "_id": &self.name,
            "members": self.members(),
            "settings": { "electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 200 },
        }
    }
}

/// Whether a set is ready, or what it needs first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    Ready,
    /// The member did not find itself in its set, and must be restarted. At its start it connects
    /// to its own address. If that fails, as on a very busy machine, it stays in the state
    /// `REMOVED` until another member calls it, and a set of one has no other member.
    NeedsRestart,
}

/// Returns an error if a wait is useless: it was cancelled, or a member has ended. The argument is
/// what the wait is for.
pub(super) type Check<'a> = dyn FnMut(&str) -> Result<()> + 'a;

/// Waits until a majority has acknowledged a write, at most until `end`. If necessary, initiates
/// the set and creates its user.
///
/// # Errors
/// `Server`, with what it waited for and the server's last error; or the error of `check`.
pub(super) fn make_ready(plan: &SetPlan, end: Instant, check: &mut Check) -> Result<Readiness> {
    let admins: Vec<Admin> = plan
        .sockets
        .iter()
        .map(|socket| Admin::system(socket, &plan.key))
        .collect::<Result<_>>()?;
    let Some(primary) = wait_for_primary(plan, &admins, end, check)? else {
        return Ok(Readiness::NeedsRestart);
    };
    let (Some(admin), Some(socket)) = (admins.get(primary), plan.sockets.get(primary)) else {
        return Err(server_error("a set needs at least one member"));
    };
    // The user exists, unless this is the first start or the first start was interrupted.
    let user = Admin::user(socket, &plan.password)?;
    if user
        .run(doc! { "ping": 1 })
        .is_err_and(|error| error.facts().code == Some(AUTHENTICATION_FAILED))
    {
        make_user(admin, plan)?;
    }
    let user = Admin::user(socket, &plan.password)?;
    retry_until(end, check, "a majority to acknowledge a write", || {
        user.write_to_majority()
    })?;
    // The other members may have got the first write with their initial sync. They begin normal
    // replication up to a second later, so wait for two more writes on all members.
    let members = plan.members.iter();
    let replicating = members.filter(|member| member.replicates_at_once());
    if let Ok(members @ 2..) = i32::try_from(replicating.count()) {
        for _ in 0..2 {
            retry_until(end, check, "all members to acknowledge a write", || {
                user.write_to(members.into())
            })?;
        }
    }
    Ok(Readiness::Ready)
}

/// Returns the index of the member that reports that it is the primary, or `None` if the only
/// member does not find itself in its set.
fn wait_for_primary(
    plan: &SetPlan,
    admins: &[Admin],
    end: Instant,
    check: &mut Check,
) -> Result<Option<usize>> {
    let waiting_for = "a primary to be elected";
    let mut said = None;
    loop {
        for (index, admin) in admins.iter().enumerate() {
            match admin.run(doc! { "hello": 1 }) {
                Ok(hello) if hello.get_bool("isWritablePrimary").unwrap_or(false) => {
                    return Ok(Some(index));
                }
                // It has no set configuration: the set was not initiated, or has another address
                // for it.
                Ok(hello) if index == 0 && is_outside(&hello) => match initiate(plan, admin) {
                    Ok(Initiated::Outside) if admins.len() == 1 => return Ok(None),
                    Ok(_) => {}
                    // It did not find itself or another member. It may be too busy.
                    Err(error) if error.facts().code == Some(NODE_NOT_FOUND) => said = Some(error),
                    Err(error) => return Err(error),
                },
                // A new set would wait a second before its first election. This fails until the
                // other members know the set.
                Ok(hello) if index == 0 && hello.get_bool("secondary").unwrap_or(false) => {
                    let _ = admin.run(doc! { "replSetStepUp": 1 });
                }
                Ok(_) => {}
                Err(error) => said = Some(error),
            }
        }
        check(waiting_for)?;
        if Instant::now() > end {
            return Err(in_vain(waiting_for, said));
        }
        thread::sleep(PAUSE);
    }
}

/// Returns whether a member has no set configuration, or does not find itself in it.
fn is_outside(hello: &Document) -> bool {
    hello.get_bool("isreplicaset").unwrap_or(false)
}

/// What [`initiate`] did.
enum Initiated {
    /// The member got a new configuration, or is still loading its own.
    Waits,
    /// The member has the right configuration and does not find itself in it.
    Outside,
}

fn initiate(plan: &SetPlan, admin: &Admin) -> Result<Initiated> {
    match admin.run(doc! { "replSetInitiate": plan.config() }) {
        Ok(_) => Ok(Initiated::Waits),
        Err(error) if error.facts().code == Some(ALREADY_INITIALIZED) => adapt(plan, admin),
        Err(error) => Err(error),
    }
}

/// Updates the members' addresses in an existing set: the folder of the sockets may have changed.
fn adapt(plan: &SetPlan, admin: &Admin) -> Result<Initiated> {
    let Ok(reply) = admin.run(doc! { "replSetGetConfig": 1 }) else {
        // The member is still loading it. The caller tries again.
        return Ok(Initiated::Waits);
    };
    let mut config = reply.get_document("config").cloned().unwrap_or_default();
    let wanted = plan.members();
    let Ok(members) = config.get_array_mut("members") else {
        return Ok(Initiated::Waits);
    };
    let mut changed = false;
    for (member, wanted) in members
        .iter_mut()
        .filter_map(Bson::as_document_mut)
        .zip(&wanted)
    {
        let host = wanted.get("host").cloned().unwrap_or(Bson::Null);
        changed |= member.get("host") != Some(&host);
        member.insert("host", host);
    }
    if !changed {
        // It may have loaded its configuration only now.
        let outside = is_outside(&admin.run(doc! { "hello": 1 })?);
        return Ok(match outside {
            true => Initiated::Outside,
            false => Initiated::Waits,
        });
    }
    let version = config.get_i32("version").unwrap_or(1);
    config.insert("version", version.saturating_add(1));
    admin.run(doc! { "replSetReconfig": config, "force": true })?;
    Ok(Initiated::Waits)
}

/// Creates the role for scripts of others: all databases, users and statistics, but no writes to
/// `local` and `config`, and no control over the server.
fn make_role(admin: &Admin) -> Result<()> {
    let made = admin.run(doc! {
        "createRole": OWN_ROLE,
        "privileges": [{ "resource": { "cluster": true }, "actions": ["appendOplogNote"] }],
        "roles": [
            "readWriteAnyDatabase",
            "dbAdminAnyDatabase",
            "userAdminAnyDatabase",
            "clusterMonitor",
            { "role": "read", "db": "local" },
            { "role": "read", "db": "config" },
        ],
        "writeConcern": { "w": 1 },
    });
    match made {
        Err(error) if error.facts().code == Some(ROLE_EXISTS) => Ok(()),
        made => made.map(|_| ()),
    }
}

fn make_user(admin: &Admin, plan: &SetPlan) -> Result<()> {
    let password = &plan.password;
    let role = match plan.for_others {
        true => {
            make_role(admin)?;
            OWN_ROLE
        }
        false => "root",
    };
    // Not `majority`: the next write waits for a majority, and includes this one.
    let concern = doc! { "w": 1 };
    let made = admin.run(doc! {
        "createUser": USER,
        "pwd": password,
        "roles": [role],
        "mechanisms": ["SCRAM-SHA-256"],
        "writeConcern": &concern,
    });
    match made {
        Ok(_) => Ok(()),
        // The password file was lost and created again.
        Err(error) if error.facts().code == Some(USER_EXISTS) => {
            let change = doc! {
                "updateUser": USER,
                "pwd": password,
                "roles": [role],
                "mechanisms": ["SCRAM-SHA-256"],
                "writeConcern": concern,
            };
            admin.run(change).map(|_| ())
        }
        Err(error) => Err(error),
    }
}

fn retry_until(
    end: Instant,
    check: &mut Check,
    waiting_for: &str,
    attempt: impl Fn() -> Result<()>,
) -> Result<()> {
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() > end => return Err(in_vain(waiting_for, Some(error))),
            Err(_) => {}
        }
        check(waiting_for)?;
        thread::sleep(PAUSE);
    }
}

fn in_vain(waiting_for: &str, said: Option<Error>) -> Error {
    let last = said
        .map(|error| format!("; last error: {}", error.message()))
        .unwrap_or_default();
    server_error(format!("timed out waiting for {waiting_for}{last}"))
}
