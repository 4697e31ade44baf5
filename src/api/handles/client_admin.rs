//! Methods of `Client` for administrators: running operations.

use bson::doc;
use rhai::Dynamic;

use super::client::Client;
use super::cursor::Cursor;
use crate::api::call::methods;
use crate::error::Error;
use crate::mongo::{Concerns, Query, QueryKind};
use crate::values::codec::convert;

methods! { Client, "Client";
    /// Returns what the server works on now: one Document for each operation of each user that
    /// matches the filter.
    ///
    /// Fields are `opid`, `op`, `ns`, `secs_running`, `command`, `desc`, … Not for confined scripts.
    ///
    /// ```rhai
    /// let own = client.current_op(#{ ns: "admin.$cmd.aggregate" });
    /// assert(own.some(|op| "opid" in op));
    /// ```
    method current_op(this, call, filter?: Document) -> "Array" {
        call.refuse_confined("it shows what other clients do")?;
        let filter = call.bson()?;
        let query = Query {
            client: this.open()?,
            database: "admin".to_owned(),
            kind: QueryKind::Aggregate {
                collection: None,
                pipeline: vec![doc! { "$currentOp": { "allUsers": true } }, doc! { "$match": filter }],
            },
            options: bson::Document::new(),
            concerns: Concerns::default(),
        };
        Ok(Cursor::new(query, None, call.session.clone()).drain()?.into())
    }

    /// Ends an operation of the server. Its number is the `opid` in the result of `current_op`.
    ///
    /// The server ends it at its next safe point, so it may still run for a moment. A number that no
    /// operation has is not an error. Not for confined scripts.
    ///
    /// ```rhai
    /// client.kill_op(client.current_op()[0].opid);
    /// ```
    method kill_op(this, call, id: StringOrInteger) {
        call.refuse_confined("it ends operations of other clients")?;
        let id = call.arg().ok_or_else(|| Error::invalid_argument("`id` is missing"))?;
        let id = convert::to_bson_value(id)?;
        this.database("admin").run(call, doc! { "killOp": 1, "op": id })?;
        Ok(Dynamic::UNIT)
    }
}
