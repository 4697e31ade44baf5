use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};

use crate::error::server_codes::{
    ALREADY_INITIALIZED, AUTHENTICATION_FAILED, ROLE_EXISTS, USER_EXISTS,
};
use crate::error::{Error, Result};
use crate::mongo::allow_list::lists::OWN_ROLE;

use super::admin::Admin;
use super::connection_string::USER;
use super::errors::server_error;

/// How often the server is asked whether it is the primary.
const PAUSE: Duration = Duration::from_millis(5);

/// A replica set as it is to be: its name, its members' sockets, and its secrets.
#[derive(Clone)]
pub struct SetPlan {
    pub name: String,
    pub sockets: Vec<PathBuf>,
    /// The text of the key file.
    pub key: String,
    /// The password of the user [`USER`].
    pub password: String,
    /// Whether scripts of others log in as that user: then it is not root.
    pub for_others: bool,
}

impl SetPlan {
    fn members(&self) -> Vec<Document> {
        let hosts = self
            .sockets
            .iter()
            .map(|socket| socket.to_string_lossy().into_owned());
        (0_i32..)
            .zip(hosts)
            .map(|(id, host)| doc! { "_id": id, "host": host })
            .collect()
    }

    /// With the server's defaults a set of three takes ten seconds to its first primary.
    fn config(&self) -> Document {
        doc! {
            "_id": &self.name,
            "members": self.members(),
            "settings": { "electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 200 },
        }
    }
}

/// Says, of a wait for something, when there is no sense in waiting on: it was called off, or a member has ended.
pub type Check<'a> = dyn FnMut(&str) -> Result<()> + 'a;

/// Waits, at most until `end`, until a majority of the set has acknowledged a write of its user; initiates the set and makes
/// the user first where that was never done, or was cut off. Returns the primary's index.
///
/// # Errors
/// `Server`: what it waited for, and what the server said last; and what `check` says.
pub fn make_ready(plan: &SetPlan, end: Instant, check: &mut Check) -> Result<usize> {
    let admins: Vec<Admin> = plan
        .sockets
        .iter()
        .map(|socket| Admin::system(socket, &plan.key))
        .collect::<Result<_>>()?;
    let primary = wait_for_primary(plan, &admins, end, check)?;
    let (Some(admin), Some(socket)) = (admins.get(primary), plan.sockets.get(primary)) else {
        return Err(server_error("a set needs at least one member"));
    };
    // The user is there already, unless this is the first start or the first start was cut off.
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
    // The first write may have come to the others with their first copy of the data; they fetch a second one as they
    // will all later ones, but begin that up to a second later.
    if let Ok(members @ 2..) = i32::try_from(plan.sockets.len()) {
        for _ in 0..2 {
            retry_until(end, check, "all members to acknowledge a write", || {
                user.write_to(members.into())
            })?;
        }
    }
    Ok(primary)
}

/// The index of the member that says it is the primary.
fn wait_for_primary(
    plan: &SetPlan,
    admins: &[Admin],
    end: Instant,
    check: &mut Check,
) -> Result<usize> {
    let waiting_for = "a primary to be elected";
    let mut said = None;
    loop {
        for (index, admin) in admins.iter().enumerate() {
            match admin.run(doc! { "hello": 1 }) {
                Ok(hello) if hello.get_bool("isWritablePrimary").unwrap_or(false) => {
                    return Ok(index);
                }
                // It knows no set: none was initiated, or the set knows it by another address.
                Ok(hello) if index == 0 && hello.get_bool("isreplicaset").unwrap_or(false) => {
                    initiate(plan, admin)?;
                }
                // Spares a fresh set the second that it would wait for a primary to be missed. It fails
                // as long as the others do not know the set yet.
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

fn initiate(plan: &SetPlan, admin: &Admin) -> Result<()> {
    match admin.run(doc! { "replSetInitiate": plan.config() }) {
        Ok(_) => Ok(()),
        Err(error) if error.facts().code == Some(ALREADY_INITIALIZED) => adapt(plan, admin),
        Err(error) => Err(error),
    }
}

/// Tells a set that lies on the disk where its members listen now: the folder of the sockets may have changed.
fn adapt(plan: &SetPlan, admin: &Admin) -> Result<()> {
    let Ok(reply) = admin.run(doc! { "replSetGetConfig": 1 }) else {
        // Still reading it; asked again soon.
        return Ok(());
    };
    let mut config = reply.get_document("config").cloned().unwrap_or_default();
    let wanted = plan.members();
    let Ok(members) = config.get_array_mut("members") else {
        return Ok(());
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
        return Ok(());
    }
    let version = config.get_i32("version").unwrap_or(1);
    config.insert("version", version.saturating_add(1));
    admin
        .run(doc! { "replSetReconfig": config, "force": true })
        .map(|_| ())
}

/// Makes the role of scripts of others: databases, users and counters, but neither `local` and `config` nor the server itself.
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
    // Not the majority: the write that follows waits for it, and this one with it.
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
        // Its password file was lost and made anew.
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
        .map(|error| format!("; last, {}", error.message()))
        .unwrap_or_default();
    server_error(format!("waited for {waiting_for} in vain{last}"))
}
