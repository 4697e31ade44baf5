//! Names with a meaning of their own.

use crate::translate::tree::{Expr, ExprKind};

/// Returns `a.b.c`, without the modules before it: `datetime.datetime.now` is `datetime.now`.
pub(super) fn path(expr: &Expr) -> Option<String> {
    let path = match &expr.kind {
        ExprKind::Name(name) => return Some(name.clone()),
        ExprKind::Member { of, name, .. } => format!("{}.{name}", path(of)?),
        _ => return None,
    };
    Some(match path.as_str() {
        "datetime.datetime" => "datetime".into(),
        "datetime.timedelta" => "timedelta".into(),
        "datetime.timezone" => "timezone".into(),
        "pprint.pprint" => "pprint".into(),
        _ => {
            let without = ["pymongo.", "errors.", "bson.", "gridfs.", "mongodb."].into_iter();
            let mut without = without.filter_map(|module| path.strip_prefix(module));
            without.next().map(ToOwned::to_owned).unwrap_or(path)
        }
    })
}

/// Returns the value of a constant of PyMongo.
pub(super) fn constant(path: &str, at: usize) -> Option<Expr> {
    Some(match path {
        "ASCENDING" => Expr::number(1, at),
        "DESCENDING" => Expr::number(-1, at),
        "TEXT" => Expr::text("text", at),
        "HASHED" => Expr::text("hashed", at),
        "GEO2D" => Expr::text("2d", at),
        "GEOSPHERE" => Expr::text("2dsphere", at),
        "ReturnDocument.AFTER" => Expr::text("after", at),
        "ReturnDocument.BEFORE" => Expr::text("before", at),
        "ReadPreference.PRIMARY" => Expr::text("primary", at),
        "ReadPreference.PRIMARY_PREFERRED" => Expr::text("primaryPreferred", at),
        "ReadPreference.SECONDARY" => Expr::text("secondary", at),
        "ReadPreference.SECONDARY_PREFERRED" => Expr::text("secondaryPreferred", at),
        "ReadPreference.NEAREST" => Expr::text("nearest", at),
        _ => return None,
    })
}

/// Names that exist without a declaration, beside functions.
pub(super) fn is_known(name: &str) -> bool {
    matches!(
        name,
        "db" | "client"
            | "args"
            | "print"
            | "printjson"
            | "console"
            | "Math"
            | "Object"
            | "EJSON"
            | "Date"
            | "rs"
            | "pymongo"
            | "errors"
            | "bson"
            | "gridfs"
            | "mongodb"
            | "datetime"
            | "timezone"
            | "random"
            | "time"
            | "re"
            | "pprint"
            | "ReturnDocument"
            | "ReadPreference"
    ) || constant(name, 0).is_some()
}

/// Returns the kind of error of a class of PyMongo.
pub(super) fn error_kind(class: &str) -> Option<&'static str> {
    Some(match class {
        "DuplicateKeyError" => "DuplicateKey",
        "ServerSelectionTimeoutError" => "ServerSelectionTimeout",
        "WTimeoutError" => "WriteConcernTimeout",
        "CollectionInvalid" => "NamespaceExists",
        "CursorNotFound" => "CursorNotFound",
        "DocumentTooLarge" => "DocumentTooLarge",
        "InvalidId" => "InvalidId",
        "InvalidURI" => "InvalidUri",
        "NoFile" => "FileNotFound",
        "CorruptGridFile" => "FileCorrupt",
        _ => return None,
    })
}

/// Words of our language that cannot be names of variables or follow a dot.
pub(super) fn is_reserved(name: &str) -> bool {
    const WORDS: &str = " as async await break call case catch const continue curry debug default do else eval exit export false fn for go goto if import in is is_def_fn is_def_var is_shared let loop match module new nil null package print private protected public return shared spawn static super switch sync then this thread throw true try type_of until use var void while with yield Fn ";
    WORDS.contains(&format!(" {name} "))
}
