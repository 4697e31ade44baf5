//! Finding one document and changing it in one atomic step.

use mongodb::options::{
    FindOneAndDeleteOptions, FindOneAndReplaceOptions, FindOneAndUpdateOptions,
};

use super::write::{evaluated, replacement, update};
use super::{Collection, found_document, take_write_concern};
use crate::api::call::methods;

methods! { Collection, "Collection";
    /// Updates one document and returns it as it was before, or `()` if none matches.
    ///
    /// With `return_document: "after"` it returns the updated document. Both steps are atomic: no
    /// other write can happen between them.
    ///
    /// ```rhai
    /// db.counters.insert_one(#{ _id: "orders", n: 41 });
    /// let next = db.counters.find_one_and_update(#{ _id: "orders" }, #{ "$inc": #{ n: 1 } }, #{ return_document: "after" });
    /// assert_eq(next.n, 42);
    /// ```
    method find_one_and_update(this, call, filter: Document, update: Update, options?: FIND_AND_UPDATE) -> "Document" keeps_documents {
        let filter = call.bson()?;
        let update = update(call)?;
        let mut options = call.options()?;
        let target = take_write_concern(this, &mut options)?;
        let max_time = options.take_ms("max_time_ms")?;
        let mut modify: FindOneAndUpdateOptions = options.into_driver_options()?;
        modify.max_time = max_time;
        let found = target.run(call, target.may_change(&evaluated(&filter, &update))?, move |collection, session| Box::pin(async move {
            collection.find_one_and_update(filter, update).with_options(modify).session(session).await
        }))?;
        found_document(found)
    }

    /// Replaces one document and returns it as it was before, or `()` if none matches.
    ///
    /// With `return_document: "after"` it returns the new document.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ _id: 1, n: 1 });
    /// assert_eq(db.fruit.find_one_and_replace(#{ _id: 1 }, #{ n: 2 }).n, 1);
    /// ```
    method find_one_and_replace(this, call, filter: Document, replacement: Document, options?: FIND_AND_REPLACE) -> "Document" keeps_documents {
        let filter = call.bson()?;
        let replacement = replacement(call)?;
        let mut options = call.options()?;
        let target = take_write_concern(this, &mut options)?;
        let max_time = options.take_ms("max_time_ms")?;
        let mut modify: FindOneAndReplaceOptions = options.into_driver_options()?;
        modify.max_time = max_time;
        let found = target.run(call, target.may_change(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.find_one_and_replace(filter, replacement).with_options(modify).session(session).await
        }))?;
        found_document(found)
    }

    /// Deletes one document and returns it, or `()` if none matches.
    ///
    /// ```rhai
    /// db.queue.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(db.queue.find_one_and_delete(#{}, #{ sort: #{ _id: -1 } })._id, 2);
    /// ```
    method find_one_and_delete(this, call, filter: Document, options?: FIND_AND_DELETE) -> "Document" keeps_documents {
        let filter = call.bson()?;
        let mut options = call.options()?;
        let target = take_write_concern(this, &mut options)?;
        let max_time = options.take_ms("max_time_ms")?;
        let mut modify: FindOneAndDeleteOptions = options.into_driver_options()?;
        modify.max_time = max_time;
        let found = target.run(call, target.may_change(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.find_one_and_delete(filter).with_options(modify).session(session).await
        }))?;
        found_document(found)
    }
}
