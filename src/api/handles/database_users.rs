//! Methods of `Database` for users and roles.

use bson::{Bson, doc};
use rhai::{Array, Dynamic};

use super::database::Database;
use crate::api::call::arguments::Call;
use crate::api::call::methods;
use crate::error::{Error, Result};
use crate::values::codec::convert;

/// Why a confined script may not change users: its lessons create their own.
const OTHERS: &str = "it may belong to somebody else";

methods! { Database, "Database";
    /// Creates a user of this database.
    ///
    /// A role is the name of a role of this database, or a Document such as
    /// `#{ role: "readWrite", db: "shop" }`.
    ///
    /// ```rhai
    /// db.create_user("exampleUser", "examplePassword", [#{ role: "read", db: db.name }]);
    /// assert("exampleUser" in db.users().map(|u| u.user));
    /// db.drop_user("exampleUser");
    /// ```
    method create_user(this, call, name: String, password: String, roles: Array) {
        let name = call.text()?;
        let password = call.text()?;
        let roles = array(call)?;
        this.run(call, doc! { "createUser": name.as_str(), "pwd": password.as_str(), "roles": roles })?;
        Ok(Dynamic::UNIT)
    }

    /// Drops a user of this database.
    ///
    /// ```rhai
    /// db.create_user("exampleUser", "examplePassword", []);
    /// db.drop_user("exampleUser");
    /// assert_eq(db.users().len(), 0);
    /// ```
    method drop_user(this, call, name: String) {
        let name = call.text()?;
        this.run(call, doc! { "dropUser": name.as_str() })?;
        Ok(Dynamic::UNIT)
    }

    /// Returns the users of this database with their roles.
    ///
    /// The server does not return passwords.
    ///
    /// ```rhai
    /// assert_eq(db.users().len(), 0);
    /// ```
    method users(this, call) -> "Array" {
        let reply = this.run(call, doc! { "usersInfo": 1 })?;
        Ok(reply.get("users")?.unwrap_or_else(|| Array::new().into()))
    }

    /// Creates a role of this database from privileges and other roles.
    ///
    /// ```rhai
    /// let read_menu = #{ resource: #{ db: db.name, collection: "menu" }, actions: ["find"] };
    /// db.create_role("exampleRole", [read_menu], []);
    /// db.drop_role("exampleRole");
    /// ```
    method create_role(this, call, name: String, privileges: Array, roles: Array) {
        let name = call.text()?;
        let privileges = array(call)?;
        let roles = array(call)?;
        this.run(call, doc! { "createRole": name.as_str(), "privileges": privileges, "roles": roles })?;
        Ok(Dynamic::UNIT)
    }

    /// Drops a role of this database.
    ///
    /// ```rhai
    /// db.create_role("exampleRole", [], []);
    /// db.drop_role("exampleRole");
    /// ```
    method drop_role(this, call, name: String) {
        let name = call.text()?;
        this.run(call, doc! { "dropRole": name.as_str() })?;
        Ok(Dynamic::UNIT)
    }

    /// Gives a user of this database more roles.
    ///
    /// A role is the name of a role of this database, or a Document such as
    /// `#{ role: "readWrite", db: "shop" }`. Not for confined scripts.
    ///
    /// ```rhai
    /// db.create_user("exampleUser", "examplePassword", []);
    /// db.grant_roles("exampleUser", ["read"]);
    /// assert_eq(db.users()[0].roles, [#{ role: "read", db: db.name }]);
    /// db.drop_user("exampleUser");
    /// ```
    method grant_roles(this, call, user: String, roles: Array) {
        call.refuse_confined(OTHERS)?;
        let user = call.text()?;
        let roles = array(call)?;
        this.run(call, doc! { "grantRolesToUser": user.as_str(), "roles": roles })?;
        Ok(Dynamic::UNIT)
    }

    /// Takes roles away from a user of this database.
    ///
    /// Not for confined scripts.
    ///
    /// ```rhai
    /// db.create_user("exampleUser", "examplePassword", ["read"]);
    /// db.revoke_roles("exampleUser", ["read"]);
    /// assert_eq(db.users()[0].roles, []);
    /// db.drop_user("exampleUser");
    /// ```
    method revoke_roles(this, call, user: String, roles: Array) {
        call.refuse_confined(OTHERS)?;
        let user = call.text()?;
        let roles = array(call)?;
        this.run(call, doc! { "revokeRolesFromUser": user.as_str(), "roles": roles })?;
        Ok(Dynamic::UNIT)
    }

    /// Changes the password, the roles or the custom data of a user of this database.
    ///
    /// What is not named stays as it is. `roles` replaces all roles. Not for confined scripts.
    ///
    /// ```rhai
    /// db.create_user("exampleUser", "examplePassword", []);
    /// db.update_user("exampleUser", #{ roles: ["read"], custom_data: #{ team: "harbour" } });
    /// assert_eq(db.users()[0].customData.team, "harbour");
    /// db.drop_user("exampleUser");
    /// ```
    method update_user(this, call, user: String, options: UPDATE_USER) {
        call.refuse_confined(OTHERS)?;
        let user = call.text()?;
        let mut options = call.options()?;
        let mut command = doc! { "updateUser": user.as_str() };
        if let Some(password) = options.take("password") {
            command.insert("pwd", password);
        }
        command.extend(options.into_command_fields());
        if command.len() == 1 {
            return Err(Error::invalid_argument("there is nothing to change")
                .hint("give `password`, `roles` or `custom_data`")
                .into());
        }
        this.run(call, command)?;
        Ok(Dynamic::UNIT)
    }

    /// Returns the roles that were created in this database, with the roles that they contain.
    ///
    /// Not for confined scripts.
    ///
    /// ```rhai
    /// db.create_role("exampleRole", [], ["read"]);
    /// assert_eq(db.list_roles().map(|r| r.role), ["exampleRole"]);
    /// db.drop_role("exampleRole");
    /// ```
    method list_roles(this, call) -> "Array" {
        call.refuse_confined(OTHERS)?;
        let reply = this.run(call, doc! { "rolesInfo": 1 })?;
        Ok(reply.get("roles")?.unwrap_or_else(|| Array::new().into()))
    }
}

fn array(call: &mut Call) -> Result<Bson> {
    convert::to_bson_value(call.array()?.into())
}
