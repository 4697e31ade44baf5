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
        match value {
            Some(value) if !names.may_be_assigned(name) => return Ok(copied(value, &session)),
            Some(value) if value.is_shared() => {
                return Ok(match names.has_this() {
                    true => copied(value, &session),
                    false => shared(value.clone(), &session),
                });
            }
            Some(value) if is_stream(value) => {
                if let Some(variable) = context.scope_mut().get_mut(name) {
                    hand_session_to(variable, &session);
                }
                return Ok(None);
            }
            Some(_) => return Ok(None),
            None => {}
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

/// Returns the value for a variable of the script, or `None` for Rhai's usual way. Rhai takes what
/// this returns for a constant.
fn copied(value: &Dynamic, session: &Session) -> Option<Dynamic> {
    if is_stream(value) {
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

/// The same for a captured variable that is also assigned: Rhai can assign to what this returns.
///
/// A method of this program does not hold the lock during its call, because Rhai gets the variable
/// as a temporary value. A script's own method with `this` would hold it: use [`copied`] there.
fn shared(mut value: Dynamic, session: &Session) -> Option<Dynamic> {
    hand_session_to(&mut value, session);
    LIBRARY.is_handle(value.type_id()).then_some(value)
}

fn is_stream(value: &Dynamic) -> bool {
    value.type_id() == TypeId::of::<ChangeStream>()
}

/// Sets the interrupt of a change stream's waits. The iterator of a `for` loop does not know its
/// session.
fn hand_session_to(value: &mut Dynamic, session: &Session) {
    if is_stream(value)
        && let Some(mut stream) = value.write_lock::<ChangeStream>()
    {
        *stream = stream.for_session(session);
    }
}
