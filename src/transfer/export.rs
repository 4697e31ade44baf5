//! Writes the documents of a query to a file.

use super::writer::Writer;
use crate::mongo::{CallError, Cursor, Interrupt, Query};
use crate::values::document::Document;

/// What is exported.
pub struct ExportPlan {
    pub query: Query,
}

/// Writes all documents of the query, and returns their number. `told` gets the number so far.
///
/// # Errors
/// The server's error, an error of the file, or an interrupt.
pub fn export(
    plan: ExportPlan,
    interrupt: &Interrupt,
    mut writer: Writer,
    told: &mut dyn FnMut(u64),
) -> Result<u64, CallError> {
    let mut cursor = Cursor::new(plan.query, None);
    cursor.want_all();
    let mut count = 0;
    while let Some(bytes) = cursor.next(interrupt)? {
        writer.write(&Document::from_bytes(bytes)?)?;
        count += 1;
        if count % 1000 == 0 {
            told(count);
        }
    }
    Ok(writer.finish()?)
}
