//! GridFS: `GridFSBucket(db)` and the methods of a bucket.

use super::Meaning;
use super::names::path;
use super::statements::fields_of;
use crate::translate::Language;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{Call, Expr, ExprKind};

impl Meaning {
    /// `GridFSBucket(db, "photos")` and `new GridFSBucket(db, { bucketName: "photos" })`.
    pub(super) fn bucket(&self, call: &Call, at: usize) -> Result<Expr> {
        let why = |at| Problem::new("this bucket is not translated", at);
        let (database, given) = call.args.split_first().ok_or_else(|| why(at))?;
        let mut options = Vec::new();
        match (self.language, given) {
            (_, []) => {}
            (Language::Mongosh, [given]) => {
                let fields = fields_of(given).ok_or_else(|| why(given.at))?;
                for (name, value) in &fields.items {
                    self.option(name, value, &mut options)?;
                }
            }
            (Language::PyMongo, [name]) => self.option("bucket_name", name, &mut options)?,
            (_, [_, other, ..]) => return Err(why(other.at)),
        }
        for (name, value) in &call.named {
            self.option(name, value, &mut options)?;
        }
        let args = if options.is_empty() {
            Vec::new()
        } else {
            vec![Expr::document(options, at)]
        };
        Ok(self.expr(database.clone())?.method("gridfs", args))
    }

    /// Translates the methods of PyMongo that read or write a stream.
    pub(super) fn special_bucket(
        &self,
        name: &str,
        of: &Expr,
        call: &Call,
    ) -> Result<Option<Expr>> {
        let args = call.args.as_slice();
        let made = match (name, args) {
            ("upload_from_stream", [name, source]) => self.upload(of, name, source, None, call)?,
            ("upload_from_stream_with_id", [id, name, source]) => {
                self.upload(of, name, source, Some(id), call)?
            }
            ("download_to_stream", [id, target]) if call.named.is_empty() => {
                let path = opened_path(target, "wb")
                    .ok_or_else(|| Problem::new("this target is not translated", target.at))?;
                let args = self.exprs(vec![id.clone(), path.clone()])?;
                self.expr(of.clone())?.method("download_file", args)
            }
            ("upload_from_stream" | "upload_from_stream_with_id" | "download_to_stream", _) => {
                let why = format!("this `{name}` is not translated");
                return Err(Problem::new(why, of.at));
            }
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    fn upload(
        &self,
        of: &Expr,
        name: &Expr,
        source: &Expr,
        id: Option<&Expr>,
        call: &Call,
    ) -> Result<Expr> {
        let (method, content) = match (&source.kind, opened_path(source, "rb")) {
            (_, Some(path)) => ("upload_file", path.clone()),
            (ExprKind::Bytes(bytes), None) => match std::str::from_utf8(bytes) {
                Ok(text) => ("upload", Expr::text(text, source.at)),
                Err(_) => ("upload", source.clone()),
            },
            _ => {
                let why = "only `b\"…\"` and `open(path, \"rb\")` are translated here";
                return Err(Problem::new(why, source.at));
            }
        };
        let mut options = Vec::new();
        if let Some(id) = id {
            options.push(("id".to_owned(), self.expr(id.clone())?));
        }
        for (name, value) in &call.named {
            self.option(name, value, &mut options)?;
        }
        let mut args = self.exprs(vec![name.clone(), content])?;
        if !options.is_empty() {
            args.push(Expr::document(options, of.at));
        }
        Ok(self.with_arguments(self.expr(of.clone())?, method, args, call.multiline))
    }
}

/// Returns the path of `open(path, mode)`.
fn opened_path<'a>(expr: &'a Expr, mode: &str) -> Option<&'a Expr> {
    let ExprKind::Call(call) = &expr.kind else {
        return None;
    };
    let is_open = path(&call.callee).as_deref() == Some("open") && call.named.is_empty();
    match call.args.as_slice() {
        [path, given] if is_open && given.as_text() == Some(mode) => Some(path),
        _ => None,
    }
}
