use bson::{Bson, Document};

use super::forbidden::refused;
use super::lists::{
    ACTIONS, CLOSED_DATABASES, NOT_KNOWN, OWN_ROLE, OWN_USER, REFUSED_ROLES, ROLES,
};
use crate::error::Result;

/// Checks whether a command may change users or roles of this database.
pub(super) fn command(database: &str, target: &Bson, command: &Document) -> Result<()> {
    if let Some(closed) = CLOSED_DATABASES
        .iter()
        .find(|closed| closed.name == database)
    {
        return Err(refused(
            &format!("change users of `{database}`"),
            closed.why,
        ));
    }
    if database == "admin" {
        own_login(target)?;
    }
    for given in values(command, "roles") {
        role(database, given)?;
    }
    for privilege in values(command, "privileges").filter_map(Bson::as_document) {
        self::privilege(privilege)?;
    }
    Ok(())
}

/// Refuses changes of the script's own user and role in `admin`.
fn own_login(target: &Bson) -> Result<()> {
    match target.as_str() {
        Some(OWN_ROLE) => Err(refused(
            &format!("change the role `{OWN_ROLE}`"),
            "it is the role of the script itself",
        )),
        // A command without a name changes all users or all roles.
        Some(OWN_USER) | None => Err(refused(
            &format!("change the user `{OWN_USER}` or its role"),
            "the script itself is logged in as this user",
        )),
        Some(_) => Ok(()),
    }
}

fn values<'a>(command: &'a Document, field: &str) -> impl Iterator<Item = &'a Bson> + use<'a> {
    command.get_array(field).into_iter().flatten()
}

/// Checks a role, given as a name or with its database.
fn role(database: &str, given: &Bson) -> Result<()> {
    let (name, database) = match given {
        Bson::String(name) => (name.as_str(), database),
        Bson::Document(given) => (
            given.get_str("role").unwrap_or_default(),
            given.get_str("db").unwrap_or(database),
        ),
        // The server reports the error.
        _ => return Ok(()),
    };
    let what = || format!("give the role `{name}` of `{database}`");
    if let Some(known) = REFUSED_ROLES.iter().find(|known| known.name == name) {
        return Err(refused(&what(), known.why));
    }
    if name == OWN_ROLE && database == "admin" {
        return Err(refused(&what(), "it is the role of the script itself"));
    }
    let is_owner = ["dbOwner", "userAdmin"].contains(&name);
    if is_owner && database == "admin" {
        return Err(refused(&what(), "there it may give every role"));
    }
    let is_built_in = ROLES.iter().any(|known| known.name == name);
    let closed = CLOSED_DATABASES
        .iter()
        .find(|closed| closed.name == database);
    match closed {
        Some(closed) if is_built_in && name != "read" => Err(refused(&what(), closed.why)),
        _ => Ok(()),
    }
}

fn privilege(privilege: &Document) -> Result<()> {
    let resource = privilege
        .get_document("resource")
        .cloned()
        .unwrap_or_default();
    let may_be_named = |name: &str| ["db", "collection", "cluster"].contains(&name);
    if let Some(name) = resource.keys().find(|name| !may_be_named(name)) {
        return Err(refused(&format!("give privileges on `{name}`"), NOT_KNOWN));
    }
    let database = resource.get_str("db").unwrap_or_default();
    let actions: Vec<&str> = privilege
        .get_array("actions")
        .into_iter()
        .flatten()
        .filter_map(Bson::as_str)
        .collect();
    if let Some(action) = actions.iter().find(|action| !ACTIONS.contains(action)) {
        return Err(refused(&format!("give the action `{action}`"), NOT_KNOWN));
    }
    let closed = CLOSED_DATABASES
        .iter()
        .find(|closed| closed.name == database);
    let collection = resource.get_str("collection").unwrap_or_default();
    let why = match closed {
        _ if actions == ["find"] => None,
        Some(closed) => Some(closed.why),
        None if database == "admin" => Some("it holds the users of the server"),
        None if collection.starts_with("system.") => {
            Some("collections whose names begin with `system.` are the server's own")
        }
        None => None,
    };
    match why {
        Some(why) if collection.is_empty() => {
            Err(refused(&format!("give privileges on `{database}`"), why))
        }
        Some(why) => Err(refused(
            &format!("give privileges on `{database}.{collection}`"),
            why,
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn allows(database: &str, command: &Document) -> bool {
        let target = command.values().next().unwrap();
        super::command(database, target, command).is_ok()
    }

    #[test]
    fn only_limited_roles_are_granted() {
        let user = |roles: Bson| doc! { "createUser": "ada", "pwd": "made-up", "roles": roles };
        assert!(allows("shop", &user(bson::bson!(["readWrite", "ofMyOwn"]))));
        assert!(allows(
            "admin",
            &user(bson::bson!([{ "role": "read", "db": "local" }]))
        ));
        for roles in [
            bson::bson!(["root"]),
            bson::bson!([{ "role": "root", "db": "admin" }]),
            bson::bson!([{ "role": "dbOwner", "db": "admin" }]),
            bson::bson!([{ "role": "readWrite", "db": "local" }]),
            bson::bson!(["__system"]),
        ] {
            assert!(!allows("shop", &user(roles.clone())), "{roles}");
        }
    }

    #[test]
    fn only_limited_privileges_are_granted() {
        let role = |privilege: Document| doc! { "createRole": "mine", "privileges": [privilege], "roles": [] };
        assert!(allows(
            "shop",
            &role(doc! { "resource": { "db": "shop", "collection": "" }, "actions": ["find"] })
        ));
        for privilege in [
            doc! { "resource": { "anyResource": true }, "actions": ["anyAction"] },
            doc! { "resource": { "db": "local", "collection": "" }, "actions": ["insert"] },
            doc! { "resource": { "cluster": true }, "actions": ["shutdown"] },
            doc! { "resource": { "db": "admin", "collection": "" }, "actions": ["insert"] },
            doc! { "resource": { "db": "admin", "collection": "system.users" }, "actions": ["update"] },
            doc! { "resource": { "db": "shop", "collection": "system.views" }, "actions": ["insert"] },
            doc! { "resource": { "db": "", "collection": "system.views" }, "actions": ["insert"] },
        ] {
            assert!(!allows("shop", &role(privilege.clone())), "{privilege}");
        }
    }

    #[test]
    fn the_scripts_own_login_cannot_be_changed() {
        assert!(!allows("admin", &doc! { "dropUser": "seaworthy" }));
        assert!(!allows("admin", &doc! { "dropAllUsersFromDatabase": 1 }));
        assert!(!allows("admin", &doc! { "dropRole": "scriptsOfOthers" }));
        assert!(!allows(
            "admin",
            &doc! { "grantPrivilegesToRole": "scriptsOfOthers", "privileges": [] }
        ));
        assert!(!allows(
            "shop",
            &doc! { "grantRolesToUser": "ada", "roles": [{ "role": "scriptsOfOthers", "db": "admin" }] }
        ));
        assert!(allows("shop", &doc! { "dropAllUsersFromDatabase": 1 }));
    }
}
