//! Sizes, checks and existence of a collection.

use bson::doc;
use rhai::Dynamic;

use super::Collection;
use crate::api::call::methods;

methods! { Collection, "Collection";
    /// Returns the sizes of the collection as the server counts them: `count`, `size`,
    /// `storageSize`, `nindexes`, `indexSizes`, … in bytes.
    ///
    /// ```rhai
    /// db.trucks.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(db.trucks.stats().count, 2);
    /// ```
    method stats(this, call) -> "Document" {
        let client = this.client()?;
        let stats = call.retry_read(&client, || this.command(call, doc! { "collStats": this.name() }))?;
        Ok(Dynamic::from(stats))
    }

    /// Checks the data and the indexes of the collection, and returns what the server found:
    /// `valid`, `errors`, `warnings`, `nrecords`, …
    ///
    /// With `full: true` the server reads all of it. The collection is locked meanwhile.
    ///
    /// ```rhai
    /// db.trucks.insert_one(#{ _id: 1 });
    /// assert(db.trucks.validate().valid);
    /// ```
    method validate(this, call, options?: VALIDATE) -> "Document" {
        let mut command = doc! { "validate": this.name() };
        command.extend(call.options()?.into_command_fields());
        Ok(Dynamic::from(this.command(call, command)?))
    }

    /// Returns whether the collection or the view exists on the server.
    ///
    /// ```rhai
    /// assert(!db.trucks.exists());
    /// db.trucks.insert_one(#{ _id: 1 });
    /// assert(db.trucks.exists());
    /// ```
    method exists(this, call, options?: ONLY_SESSION) -> "bool" {
        call.options()?;
        let names = this.database.collection_names(call)?;
        Ok(names.iter().any(|name| name == this.name()).into())
    }
}
