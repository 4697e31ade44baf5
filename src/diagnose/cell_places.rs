use std::sync::Arc;

use super::report::{Report, SourceExcerpt};

/// Where the cells of a notebook stand in the one source that their session reads.
#[derive(Debug, Default)]
pub struct CellPlaces {
    cells: Vec<CellLines>,
}

#[derive(Debug)]
struct CellLines {
    name: String,
    /// The number of lines before the cell.
    before: usize,
    text: Arc<str>,
}

impl CellPlaces {
    /// Adds a cell that has `before` lines before it. It replaces cells that are no longer there.
    pub fn add(&mut self, name: &str, before: usize, text: &str) {
        self.cells.retain(|cell| cell.before < before);
        self.cells.push(CellLines {
            name: name.to_owned(),
            before,
            text: text.into(),
        });
    }

    /// Changes all places in the source `session` of a report to places in a cell: `In[3]:7:5`.
    pub fn relocate(&self, report: &mut Report, session: &str) {
        let callers = report.callers.iter_mut().map(|caller| &mut caller.shown);
        for shown in report.shown.iter_mut().chain(callers) {
            if shown.place.source.as_deref() == Some(session) {
                self.relocate_excerpt(shown);
            }
        }
    }

    fn relocate_excerpt(&self, shown: &mut SourceExcerpt) {
        let mut cells = self.cells.iter().rev();
        if let Some(cell) = cells.find(|cell| cell.before < shown.place.line) {
            shown.place.source = Some(cell.name.clone());
            shown.place.line -= cell.before;
            shown.text = Some(Arc::clone(&cell.text));
        }
    }
}
