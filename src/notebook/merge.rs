use super::METADATA;
use super::file::Notebook;

/// Takes over the outputs, and the metadata of other programs, from an older version of the
/// notebook, for each cell that did not change.
pub fn keep_outputs(notebook: &mut Notebook, old: &Notebook) {
    for cell in &mut notebook.cells {
        let is_same = |old: &&super::NotebookCell| {
            old.id == cell.id && old.cell_type == cell.cell_type && old.source == cell.source
        };
        let Some(old) = old.cells.iter().find(is_same) else {
            continue;
        };
        cell.other.clone_from(&old.other);
        for (key, value) in &old.metadata {
            if key != METADATA {
                cell.metadata.insert(key.clone(), value.clone());
            }
        }
    }
}
