//! Finding one document and changing it in the same moment.

use mongodb::options::{
    FindOneAndDeleteOptions, FindOneAndReplaceOptions, FindOneAndUpdateOptions,
};

use super::super::method::methods;
use super::super::value::convert;
use super::write::{evaluated, replacement, update};
use super::{Collection, found_document, take_write_concern};

pub(super) const FIND_AND_UPDATE_OPTIONS: &[&str] = &[
    "array_filters",
    "bypass_document_validation",
    "collation",
    "comment",
    "hint",
    "let",
    "max_time_ms",
    "projection",
    "return_document",
    "sort",
    "upsert",
    "write_concern",
];
pub(super) const FIND_AND_REPLACE_OPTIONS: &[&str] = &[
    "bypass_document_validation",
    "collation",
    "comment",
    "hint",
    "let",
    "max_time_ms",
    "projection",
    "return_document",
    "sort",
    "upsert",
    "write_concern",
];
pub(super) const FIND_AND_DELETE_OPTIONS: &[&str] = &[
    "collation",
    "comment",
    "hint",
    "let",
    "max_time_ms",
    "projection",
    "sort",
    "write_concern",
];

methods! { Collection, "Collection";
    /// Changes one document and gives it as it was, or with `return_document: "after"` as it is then; `()` where none
    /// matched. Nobody can come between the finding and the changing.
    ///
    /// ```rhai
    /// db.counters.insert_one(#{ _id: "orders", n: 41 });
    /// let next = db.counters.find_one_and_update(#{ _id: "orders" }, #{ "$inc": #{ n: 1 } }, #{ return_document: "after" });
    /// assert_eq(next.n, 42);
    /// ```
    method find_one_and_update(this, call, "filter, update, options?") -> "Document" {
        let filter = convert::to_bson(&call.required_document("filter")?)?;
        let update = update(call)?;
        let mut options = call.options("find_one_and_update", FIND_AND_UPDATE_OPTIONS)?;
        let target = take_write_concern(this, &mut options)?;
        let max_time = options.take_ms("max_time_ms")?;
        let mut modify: FindOneAndUpdateOptions = options.into_driver_options()?;
        modify.max_time = max_time;
        let found = target.run(call, target.may_change(&evaluated(&filter, &update))?, move |collection, session| Box::pin(async move {
            collection.find_one_and_update(filter, update).with_options(modify).session(session).await
        }))?;
        found_document(found)
    }

    /// Replaces one document and gives it as it was, or with `return_document: "after"` the new one.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ _id: 1, n: 1 });
    /// assert_eq(db.fruit.find_one_and_replace(#{ _id: 1 }, #{ n: 2 }).n, 1);
    /// ```
    method find_one_and_replace(this, call, "filter, replacement, options?") -> "Document" {
        let filter = convert::to_bson(&call.required_document("filter")?)?;
        let replacement = replacement(call)?;
        let mut options = call.options("find_one_and_replace", FIND_AND_REPLACE_OPTIONS)?;
        let target = take_write_concern(this, &mut options)?;
        let max_time = options.take_ms("max_time_ms")?;
        let mut modify: FindOneAndReplaceOptions = options.into_driver_options()?;
        modify.max_time = max_time;
        let found = target.run(call, target.may_change(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.find_one_and_replace(filter, replacement).with_options(modify).session(session).await
        }))?;
        found_document(found)
    }

    /// Deletes one document and gives it, or `()` where none matched.
    ///
    /// ```rhai
    /// db.queue.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(db.queue.find_one_and_delete(#{}, #{ sort: #{ _id: -1 } })._id, 2);
    /// ```
    method find_one_and_delete(this, call, "filter, options?") -> "Document" {
        let filter = convert::to_bson(&call.required_document("filter")?)?;
        let mut options = call.options("find_one_and_delete", FIND_AND_DELETE_OPTIONS)?;
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
