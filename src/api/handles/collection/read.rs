//! Reads: find, count, distinct, aggregate.

use mongodb::options::{
    CountOptions, DistinctOptions, EstimatedDocumentCountOptions, FindOneOptions,
};
use rhai::Array;

use super::{Collection, found_document};
use crate::api::call::methods;
use crate::mongo::Concerns;
use crate::mongo::query::QueryKind;
use crate::values::codec::convert;

/// Returns the driver's options for a read. The time limit and the concerns are set here, because
/// the driver does not read them from a document.
macro_rules! reading {
    ($call:ident, $type:ty) => {{
        let mut options = $call.options()?;
        let max_time = options.take_ms("max_time_ms")?;
        let concerns = Concerns::take(&mut options)?;
        let mut read: $type = options.into_driver_options()?;
        read.max_time = max_time;
        read.read_concern = concerns.read;
        read.selection_criteria = concerns.selection;
        read
    }};
}

methods! { Collection, "Collection";
    /// Finds the documents that match the filter, or all documents if there is no filter.
    ///
    /// The query is sent when the first document is read, not before.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ type: "apple", n: 3 }, #{ type: "pear", n: 1 }]);
    /// for doc in db.fruit.find(#{ n: #{ "$gt": 1 } }) {
    ///     assert_eq(doc.type, "apple");
    /// }
    /// ```
    method find(this, call, filter?: Document, options?: FIND) -> "Cursor" keeps_documents {
        let kind = QueryKind::Find {
            collection: this.name().to_owned(),
            filter: call.bson()?,
        };
        this.ask(call, kind)
    }

    /// Returns one document that matches the filter, or `()` if none matches.
    ///
    /// A value that is not a Document is used as the `_id`.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ _id: 7, type: "apple" });
    /// assert_eq(db.fruit.find_one(#{ type: "apple" })._id, 7);
    /// assert_eq(db.fruit.find_one(#{ type: "plum" }), ());
    /// ```
    method find_one(this, call, filter?: FilterOrId, options?: FIND_ONE) -> "Document" keeps_documents {
        let filter = match call.arg() {
            None => bson::Document::new(),
            Some(filter) if filter.is_map() || filter.is::<crate::values::document::Document>() => {
                convert::to_bson(&call.as_document("filter", filter)?)?
            }
            Some(id) => bson::doc! { "_id": convert::to_bson_value(id)? },
        };
        let find = reading!(call, FindOneOptions);
        let found = this.run(call, this.may_read(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.find_one(filter).with_options(find).session(session).await
        }))?;
        found_document(found)
    }

    /// Returns the number of documents that match the filter.
    ///
    /// The server counts them one by one; `estimated_document_count` is faster.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.fruit.count_documents(#{ n: 2 }), 1);
    /// ```
    method count_documents(this, call, filter?: Document, options?: COUNT_DOCUMENTS) -> "integer" {
        let filter = call.bson()?;
        let count = reading!(call, CountOptions);
        let counted = this.run(call, this.may_read(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.count_documents(filter).with_options(count).session(session).await
        }))?;
        Ok(convert::count(counted))
    }

    /// Returns the number of documents from the metadata of the collection.
    ///
    /// It is fast, and it can be wrong after a crash of the server.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ n: 1 });
    /// assert_eq(db.fruit.estimated_document_count(), 1);
    /// ```
    method estimated_document_count(this, call, options?: ESTIMATED_DOCUMENT_COUNT) -> "integer" {
        let estimate = reading!(call, EstimatedDocumentCountOptions);
        // The command does not take a session.
        let counted = this.run(call, this.may_read(&[])?, move |collection, _session| Box::pin(async move {
            collection.estimated_document_count().with_options(estimate).await
        }))?;
        Ok(convert::count(counted))
    }

    /// Returns the different values of a field, in no fixed order.
    ///
    /// The option `hint` needs MongoDB 7.1 or newer.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ n: 1 }, #{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(set(db.fruit.distinct("n")), set([1, 2]));
    /// ```
    method distinct(this, call, field: String, filter?: Document, options?: DISTINCT) -> "Array" {
        let field = call.text()?;
        let filter = call.bson()?;
        let distinct = reading!(call, DistinctOptions);
        let values = this.run(call, this.may_read(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.distinct(field.as_str(), filter).with_options(distinct).session(session).await
        }))?;
        let values: crate::error::Result<Array> = values.iter().map(convert::of_bson_value).collect();
        Ok(values?.into())
    }

    /// Runs an aggregation pipeline.
    ///
    /// Like `find`, it is sent when the first document is read. A pipeline that ends with `$out` or
    /// `$merge` runs immediately.
    ///
    /// ```rhai
    /// db.sales.insert_many([#{ city: "Miami", n: 2 }, #{ city: "Miami", n: 3 }]);
    /// let sums = db.sales.aggregate([#{ "$group": #{ _id: "$city", n: #{ "$sum": "$n" } } }]);
    /// assert_eq(sums.to_array(), [#{ _id: "Miami", n: 5 }]);
    /// ```
    method aggregate(this, call, pipeline: Pipeline, options?: AGGREGATE) -> "Cursor" keeps_documents {
        let kind = QueryKind::Aggregate {
            collection: Some(this.name().to_owned()),
            pipeline: call.pipeline()?,
        };
        this.ask(call, kind)
    }
}
