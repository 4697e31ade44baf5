//! `client`, `db` and `args`, and the special cases when a script reads a variable.

use std::any::TypeId;

use rhai::{Array, Dynamic, Engine};

use super::{LookedAt, field_loops};
use crate::api::LIBRARY;
use crate::api::handles::change_stream::ChangeStream;
use crate::api::handles::client::Client;
use crate::api::run::session::Session;

/// The variables that every script has.
pub(super) const NAMES: [&str; 3] = ["client", "db", "args"];

/// Makes the globals of the session available at the top level, inside `fn` and inside closures, and
/// looks at the variables with these names before they are read.
///
/// A variable or parameter of the script with the same name is used instead. As variables of a
/// module, they would be used instead of a parameter: Rhai's optimiser takes them for constants.
pub(super) fn look_at(engine: &mut Engine, session: &Session, names: &LookedAt) {
    let client = Client::of_session(session.clone());
    let db = Dynamic::from(client.database(session.database_name()));
    let own = client.clone();
    let client = Dynamic::from(client);
    let args: Array = session.args().iter().cloned().map(Dynamic::from).collect();
    let args = Dynamic::from_array(args);
    let session = session.clone();
    let names = names.clone();
    #[allow(
        deprecated,
        reason = "Rhai marks `on_var` as volatile in this way; it is the only hook that also works inside `fn`"
    )]
    engine.on_var(move |name, offset, mut context| {
        if field_loops::is_waiting() {
            field_loops::unpack(context.scope_mut());
        }
        // Rhai calls this for every use of a variable, so the usual case must be fast.
        if !names.may_contain(name) {
            return Ok(None);
        }
        // If the parser knows the offset, no search by name is needed.
        let scope = context.scope();
        let value = match offset {
            0 => scope.get(name),
            // The offset counts backwards and from 1; `iter_raw` goes backwards too.
            _ => scope.iter_raw().nth(offset - 1).map(|(.., value)| value),
        };
        if let Some(value) = value {
            return Ok(own_variable(value, &session));
        }
        Ok(match name {
            "client" => Some(match session.used_client().get() {
                None => client.clone(),
                Some(used) => Dynamic::from(Client::new(used)),
            }),
            "db" => Some(
                match (session.used_client().get(), session.used_database().get()) {
                    (None, None) => db.clone(),
                    (used, name) => {
                        let client = used.map_or_else(|| own.clone(), Client::new);
                        let name = name.unwrap_or_else(|| session.database_name().to_owned());
                        Dynamic::from(client.database(name))
                    }
                },
            ),
            "args" => Some(args.clone()),
            _ => None,
        })
    });
}

/// Returns the value for a variable of the script, or `None` for Rhai's usual way.
fn own_variable(value: &Dynamic, session: &Session) -> Option<Dynamic> {
    if value.type_id() == TypeId::of::<ChangeStream>() {
        // The iterator of a `for` loop does not know its session, so the interrupt of its waits is
        // set here.
        let stream = value.read_lock::<ChangeStream>()?;
        return Some(Dynamic::from(stream.for_session(session)));
    }
    if value.is_shared() {
        // A captured handle is shared, and a method chain locks its first value. A callback that
        // uses the same handle would wait for its own caller. A copy of a handle is the same handle
        // and needs no lock.
        let inner = value.read_lock::<Dynamic>()?;
        return LIBRARY.is_handle(inner.type_id()).then(|| inner.clone());
    }
    None
}
