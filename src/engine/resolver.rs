//! `import`: finds scripts in the folder of the main script and in folders below it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

type SharedModule = Shared<Module>;

use super::loops::record_loops;
use super::{LookedAt, Texts, check, field_loops};
use crate::error::{Error, Place, nearest};

type RhaiResult<T> = Result<T, Box<EvalAltResult>>;

/// Reads the text of a script file, by the same rules as for the main script.
pub type ReadScript = fn(&Path) -> crate::error::Result<Arc<str>>;

/// Finds modules relative to the script that imports them, inside the folder of the main script.
pub struct FolderResolver {
    /// The folder of the main script, as it is shown.
    folder: PathBuf,
    texts: Texts,
    names: LookedAt,
    read: ReadScript,
    /// Whether nothing can be imported: the script is not trusted and has no folder.
    closed: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    loaded: HashMap<PathBuf, SharedModule>,
    loading: HashSet<PathBuf>,
}

impl FolderResolver {
    /// Returns a resolver for a main script in `folder`; `main` is its file, if it has one.
    pub fn new(
        folder: &Path,
        main: Option<&Path>,
        texts: Texts,
        names: LookedAt,
        read: ReadScript,
    ) -> Self {
        let loading = main.and_then(|main| main.canonicalize().ok());
        Self {
            folder: folder.to_owned(),
            texts,
            names,
            read,
            closed: false,
            state: Mutex::new(State {
                loaded: HashMap::new(),
                loading: loading.into_iter().collect(),
            }),
        }
    }

    /// Returns a resolver that finds nothing if `closed`: an untrusted script without a folder must
    /// not use the current folder.
    pub fn closed(self, closed: bool) -> Self {
        Self { closed, ..self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the file that `path` means in the script `importer`: its shown path and its real
    /// path.
    fn find(&self, importer: Option<&str>, path: &str) -> crate::error::Result<(PathBuf, PathBuf)> {
        let wanted = Path::new(path);
        if wanted.is_absolute() || self.closed {
            return Err(out_of_reach(path));
        }
        let base = importer
            .filter(|name| !name.starts_with('<'))
            .and_then(|name| Path::new(name).parent())
            .unwrap_or(&self.folder);
        let mut shown = base.join(wanted);
        if shown
            .extension()
            .is_none_or(|extension| extension != "rhai")
        {
            shown.as_mut_os_string().push(".rhai");
        }
        // This check comes before the file is accessed, so that a script cannot find out which
        // files exist elsewhere.
        let root = absolute(&self.folder)?;
        let folder = shown.parent().unwrap_or(base);
        match absolute(folder) {
            Ok(folder) if folder.starts_with(&root) => {}
            Ok(_) => return Err(out_of_reach(path)),
            Err(_) => return Err(missing(path, &shown)),
        }
        let real = shown.canonicalize().map_err(|_| missing(path, &shown))?;
        if !real.starts_with(&root) {
            return Err(out_of_reach(path));
        }
        Ok((shown, real))
    }

    fn load(&self, engine: &Engine, shown: &Path) -> RhaiResult<Module> {
        let name = shown.display().to_string();
        let text = (self.read)(shown)?;
        self.texts.insert(&name, &text);
        let within = |error: Box<EvalAltResult>| wrap(&name, error);
        let mut ast = field_loops::compile(engine, &text)
            .map_err(|error| within(EvalAltResult::ErrorParsing(*error.0, error.1).into()))?;
        ast.set_source(name.as_str());
        check::check(&ast, &name)?;
        if let Some(recorder) = self.texts.recorder() {
            record_loops(&ast, &name, recorder);
        }
        self.names.add(&text, &ast);
        Module::eval_ast_as_new(Scope::new(), &ast, engine).map_err(within)
    }
}

impl ModuleResolver for FolderResolver {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> RhaiResult<SharedModule> {
        let at_import = |error: Error| thrown_at(error, source, position);
        let (shown, real) = self.find(source, path).map_err(at_import)?;
        if let Some(module) = self.state().loaded.get(&real) {
            return Ok(Arc::clone(module));
        }
        if !self.state().loading.insert(real.clone()) {
            return Err(at_import(import_cycle(path)));
        }
        let loaded = self.load(engine, &shown);
        let mut state = self.state();
        state.loading.remove(&real);
        let module: SharedModule = loaded
            .map_err(|mut error| {
                // Rhai sets a missing place. An error inside the module keeps its own place.
                if error.position().is_none() {
                    error.set_position(position);
                }
                error
            })?
            .into();
        state.loaded.insert(real, Arc::clone(&module));
        Ok(module)
    }
}

/// Adds the module to an error. A termination stays as it is.
fn wrap(name: &str, error: Box<EvalAltResult>) -> Box<EvalAltResult> {
    match *error {
        EvalAltResult::ErrorTerminated(..) => error,
        _ => EvalAltResult::ErrorInModule(name.to_owned(), error, Position::NONE).into(),
    }
}

fn thrown_at(error: Error, source: Option<&str>, position: Position) -> Box<EvalAltResult> {
    let error = error.at(Place {
        source: source.map(ToOwned::to_owned),
        line: position.line().unwrap_or(0),
        column: position.position().unwrap_or(0),
    });
    EvalAltResult::ErrorRuntime(rhai::Dynamic::from(error), position).into()
}

fn absolute(folder: &Path) -> crate::error::Result<PathBuf> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    folder.canonicalize().map_err(|error| {
        Error::invalid_argument(format!(
            "the folder `{}` cannot be read: {error}",
            folder.display()
        ))
    })
}

fn out_of_reach(path: &str) -> Error {
    Error::invalid_argument(format!("`{path}` is out of reach of `import`")).hint(
        "import reaches the .rhai files in the folder of the main script and in folders below it",
    )
}

fn missing(path: &str, shown: &Path) -> Error {
    let error = Error::invalid_argument(format!(
        "there is no script `{}` to import",
        shown.display()
    ));
    let name = shown.file_stem().unwrap_or_default().to_string_lossy();
    let siblings = script_names(shown.parent().unwrap_or(Path::new(".")));
    match nearest(&name, siblings.iter().map(String::as_str)) {
        Some(nearest) => {
            let meant = Path::new(path).with_file_name(nearest);
            error.hint(format!("did you mean `import \"{}\"`?", meant.display()))
        }
        None => error.hint("import looks from the folder of the script that imports"),
    }
}

/// Returns the names of the scripts in a folder, without their ending, sorted.
pub fn script_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rhai"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

fn import_cycle(path: &str) -> Error {
    Error::invalid_argument(format!("`{path}` is being imported already"))
        .hint("scripts cannot import each other: move the shared code into another script")
}
