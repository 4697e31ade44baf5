use bson::{Bson, Document};
use mongodb::event::EventHandler;
use mongodb::event::command::{CommandEvent, CommandStartedEvent, CommandSucceededEvent};

use super::body::brief;
use super::op_time::op_time;
use super::origin::Origin;
use super::redaction::is_sensitive;
use super::wire_log::{DRIVER_COMMANDS, WireLog};
use crate::error::Kind;
use crate::error::server_codes::kind_of_code;
use crate::mongo::convert_error::convert;
use crate::record::{CommandEnd, CommandStart, Recorder};

/// Records the commands of one client.
#[derive(Clone, Debug)]
pub(crate) struct CommandRecorder {
    recorder: Recorder,
    client: u32,
    /// Whether empty replies are left out: change streams send `getMore` every second.
    of_streams: bool,
}

/// Commands that change nothing. Every other command counts as a write.
const READS: &[&str] = &[
    "abortTransaction",
    "buildInfo",
    "collStats",
    "connectionStatus",
    "count",
    "currentOp",
    "dbHash",
    "dbStats",
    "distinct",
    "explain",
    "find",
    "getMore",
    "getParameter",
    "hello",
    "killCursors",
    "killSessions",
    "listCollections",
    "listDatabases",
    "listIndexes",
    "ping",
    "replSetGetConfig",
    "replSetGetStatus",
    "rolesInfo",
    "serverStatus",
    "usersInfo",
    "validate",
];

/// Returns the handler for a driver's client whose commands are recorded, traced, or both.
pub(crate) fn handler(
    recorder: Option<CommandRecorder>,
    log: Option<&WireLog>,
) -> Option<EventHandler<CommandEvent>> {
    let log = log.cloned();
    (recorder.is_some() || log.is_some()).then(|| {
        EventHandler::callback(move |event: CommandEvent| {
            if let Some(log) = &log {
                log.hear(event.clone());
            }
            if let Some(recorder) = &recorder {
                recorder.hear(event);
            }
        })
    })
}

impl CommandRecorder {
    pub(crate) fn new(recorder: &Recorder, client: u32) -> Self {
        Self {
            recorder: recorder.clone(),
            client,
            of_streams: false,
        }
    }

    /// Returns the recorder for the change streams of the same client.
    pub(crate) fn of_streams(self) -> Self {
        Self {
            of_streams: true,
            ..self
        }
    }

    fn hear(&self, event: CommandEvent) {
        match event {
            CommandEvent::Started(event) => self.begin(event),
            CommandEvent::Succeeded(event) => {
                Origin::waits_for(None);
                let of_streams = self.of_streams;
                self.recorder.end_command(event.request_id, move || {
                    let is_left_out = of_streams && is_empty_batch(&event.reply);
                    (!is_left_out).then(|| done(&event))
                });
            }
            CommandEvent::Failed(event) => {
                Origin::waits_for(None);
                self.recorder
                    .end_command(event.request_id, move || Some(failed(&event.failure)));
            }
            _ => {}
        }
    }

    fn begin(&self, event: CommandStartedEvent) {
        if DRIVER_COMMANDS.contains(&event.command_name.as_str()) {
            return;
        }
        Origin::waits_for(Some(event.request_id));
        let (call, client) = (Origin::call(), self.client);
        self.recorder
            .begin_command(event.request_id, move || start(&event, call, client));
    }
}

fn start(event: &CommandStartedEvent, call: Option<u32>, client: u32) -> CommandStart {
    let (name, command) = (event.command_name.as_str(), &event.command);
    CommandStart {
        call,
        client,
        member: event.connection.address.to_string(),
        connection: event.connection.id,
        name: name.to_owned(),
        namespace: namespace(&event.db, name, command),
        body: match is_sensitive(name) {
            true => String::new(),
            false => brief(command),
        },
        transaction: command.get_i64("txnNumber").ok(),
        is_write: is_write(name, command),
        wants_majority: wants_majority(command),
    }
}

fn namespace(database: &str, name: &str, command: &Document) -> String {
    let collection = match name {
        "getMore" => command.get_str("collection"),
        _ => command.get_str(name),
    };
    collection.map_or_else(
        |_| database.to_owned(),
        |collection| format!("{database}.{collection}"),
    )
}

fn is_write(name: &str, command: &Document) -> bool {
    let is_in_transaction = command.contains_key("autocommit") && name != "commitTransaction";
    if is_in_transaction || READS.contains(&name) {
        return false;
    }
    name != "aggregate" || writes(command)
}

/// Returns whether the pipeline of an `aggregate` ends with `$out` or `$merge`.
fn writes(command: &Document) -> bool {
    let last = command
        .get_array("pipeline")
        .ok()
        .and_then(|stages| stages.last());
    let last = last.and_then(Bson::as_document);
    last.is_some_and(|stage| stage.contains_key("$out") || stage.contains_key("$merge"))
}

fn wants_majority(command: &Document) -> bool {
    let concern = command.get_document("writeConcern");
    concern.is_ok_and(|concern| concern.get_str("w").is_ok_and(|w| w == "majority"))
}

fn done(event: &CommandSucceededEvent) -> CommandEnd {
    let reply = &event.reply;
    if let Ok(concern) = reply.get_document("writeConcernError") {
        let timed_out = concern
            .get_document("errInfo")
            .is_ok_and(|info| info.get_bool("wtimeout").unwrap_or(false));
        let kind = match timed_out {
            true => Kind::WriteConcernTimeout,
            false => Kind::WriteConcern,
        };
        return CommandEnd::NotConfirmed {
            kind: kind.name(),
            op_time: op_time(reply.get_document("opTime").ok()),
        };
    }
    let error = reply
        .get_array("writeErrors")
        .ok()
        .and_then(|errors| errors.first());
    match error.and_then(Bson::as_document) {
        None => CommandEnd::Done {
            op_time: op_time(reply.get_document("opTime").ok()),
        },
        Some(error) => {
            let code = error.get_i32("code").unwrap_or_default();
            let kind = kind_of_code(code);
            CommandEnd::Refused { kind: kind.name() }
        }
    }
}

fn failed(error: &mongodb::error::Error) -> CommandEnd {
    let kind = convert(error).kind();
    let name = kind.name();
    match kind {
        Kind::Network | Kind::OperationTimeout => CommandEnd::Lost { kind: name },
        Kind::WriteConcern | Kind::WriteConcernTimeout => {
            let reply = error.server_response();
            let reply = reply.and_then(|reply| Document::try_from(reply.as_ref()).ok());
            CommandEnd::NotConfirmed {
                kind: name,
                op_time: op_time(
                    reply
                        .as_ref()
                        .and_then(|reply| reply.get_document("opTime").ok()),
                ),
            }
        }
        _ => CommandEnd::Refused { kind: name },
    }
}

fn is_empty_batch(reply: &Document) -> bool {
    let batch = reply
        .get_document("cursor")
        .and_then(|cursor| cursor.get_array("nextBatch"));
    batch.is_ok_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn only_commands_that_change_data_by_themselves_are_writes() {
        assert!(is_write("insert", &doc! { "insert": "n" }));
        assert!(is_write(
            "aggregate",
            &doc! { "aggregate": "n", "pipeline": [{ "$out": "m" }] }
        ));
        assert!(is_write(
            "commitTransaction",
            &doc! { "commitTransaction": 1, "autocommit": false }
        ));
        assert!(!is_write(
            "aggregate",
            &doc! { "aggregate": "n", "pipeline": [{ "$match": {} }] }
        ));
        assert!(!is_write(
            "insert",
            &doc! { "insert": "n", "autocommit": false }
        ));
        assert!(!is_write("find", &doc! { "find": "n" }));
    }

    #[test]
    fn a_namespace_is_a_database_and_a_collection() {
        let of = |name, command| namespace("shop", name, &command);
        assert_eq!(of("find", doc! { "find": "orders" }), "shop.orders");
        assert_eq!(
            of("getMore", doc! { "getMore": 7_i64, "collection": "orders" }),
            "shop.orders"
        );
        assert_eq!(of("ping", doc! { "ping": 1 }), "shop");
    }
}
