//! A dependency cycle has at most three source files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The path of a module, or of an item in it: `["mongo", "client", "Client"]`.
type Names = Vec<String>;

/// What one source file imports and names.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Local name → full path, for private `use`.
    imports: BTreeMap<String, Names>,
    /// Local name → full path, for `pub use`.
    exports: BTreeMap<String, Names>,
    /// Full paths that the code names.
    named: BTreeSet<Names>,
}

/// All modules of the crate, by path.
struct Tree(BTreeMap<Names, Module>);

impl Tree {
    fn read(source: &Path) -> Self {
        let mut modules = BTreeMap::new();
        collect_files(source, &Vec::new(), &mut modules);
        let mut tree = Self(modules);
        let paths: Vec<Names> = tree.0.keys().cloned().collect();
        for path in paths {
            let text = fs::read_to_string(&tree.0[&path].file).unwrap();
            let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
            let mut module = Module {
                file: tree.0[&path].file.clone(),
                ..Module::default()
            };
            tree.scan_uses(&path, &tokens, &mut module);
            scan_paths(&path, &tokens, &mut module);
            tree.0.insert(path, module);
        }
        tree
    }

    /// Reads the `use` items of a module.
    fn scan_uses(&self, at: &Names, tokens: &[TokenTree], module: &mut Module) {
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Ident(word) if word == "use" => {
                    let is_public = index > 0 && is_visibility(&tokens[..index]);
                    let end = tokens[index..]
                        .iter()
                        .position(|token| is_sign(token, ';'))
                        .map_or(tokens.len(), |length| index + length);
                    let mut found = Vec::new();
                    use_tree(&tokens[index + 1..end], &Vec::new(), &mut found);
                    for (name, path) in found {
                        let Some(full) = self.absolute(at, &path) else {
                            continue;
                        };
                        let into = if is_public {
                            &mut module.exports
                        } else {
                            &mut module.imports
                        };
                        into.insert(name, full);
                    }
                    index = end;
                }
                TokenTree::Group(group) if !is_test_module(tokens, index) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.scan_uses(at, &inner, module);
                }
                _ => {}
            }
            index += 1;
        }
    }

    /// The path from the root of the crate; `None` for a path into another crate.
    fn absolute(&self, at: &Names, path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        let mut full = match first.as_str() {
            "crate" => Vec::new(),
            "self" => at.clone(),
            "super" => at[..at.len() - 1].to_vec(),
            name => {
                let mut child = at.clone();
                child.push(name.to_owned());
                self.0.get(&child)?;
                child
            }
        };
        for name in rest {
            if name == "super" {
                full.pop();
            } else if name != "self" {
                full.push(name.clone());
            }
        }
        Some(full)
    }

    /// The module that defines the item of a path, through re-exports.
    fn defining_module(&self, path: &[String]) -> Names {
        let mut module = Vec::new();
        for (index, name) in path.iter().enumerate() {
            let mut child: Names = module.clone();
            child.push(name.clone());
            if self.0.contains_key(&child) {
                module = child;
            } else if let Some(target) = self.0.get(&module).and_then(|it| it.exports.get(name)) {
                let mut full = target.clone();
                full.extend_from_slice(&path[index + 1..]);
                return self.defining_module(&full);
            } else {
                break;
            }
        }
        module
    }

    /// The dependencies of each file.
    fn dependencies(&self) -> BTreeMap<&Names, BTreeSet<Names>> {
        let dependencies_of = |(path, module): (&'_ Names, &'_ Module)| {
            let mut used: BTreeSet<Names> = module
                .imports
                .values()
                .chain(&module.named)
                .map(|target| self.defining_module(target))
                .collect();
            used.remove(path);
            used.remove(&Vec::new());
            used
        };
        self.0
            .iter()
            .map(|entry| (entry.0, dependencies_of(entry)))
            .collect()
    }
}

fn collect_files(folder: &Path, at: &Names, modules: &mut BTreeMap<Names, Module>) {
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut path = at.clone();
        if file.is_dir() {
            path.push(stem);
            collect_files(&file, &path, modules);
            continue;
        }
        if file.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        if !matches!(stem.as_str(), "mod" | "lib" | "main") {
            path.push(stem);
        }
        modules.entry(path).or_default().file = file;
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == sign)
}

/// Whether the tokens end in `pub` or `pub(…)`.
fn is_visibility(before: &[TokenTree]) -> bool {
    let is_pub =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(word)) if word == "pub");
    match before.last() {
        Some(TokenTree::Group(_)) => is_pub(before.iter().rev().nth(1)),
        last => is_pub(last),
    }
}

/// Whether the group at `index` is the body of `#[cfg(test)] mod tests { … }`.
fn is_test_module(tokens: &[TokenTree], index: usize) -> bool {
    let Some(start) = index.checked_sub(3) else {
        return false;
    };
    matches!(&tokens[start], TokenTree::Group(attribute) if attribute.to_string().contains("cfg (test)") || attribute.to_string().contains("cfg(test)"))
        && matches!(&tokens[start + 1], TokenTree::Ident(word) if word == "mod")
}

/// The names that a `use` tree imports, each with its path.
fn use_tree(tokens: &[TokenTree], prefix: &Names, found: &mut Vec<(String, Names)>) {
    let mut path = prefix.clone();
    let mut name = None;
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "as" => name = tokens.next().map(ToString::to_string),
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inner.split(|token| is_sign(token, ',')) {
                    if !branch.is_empty() {
                        use_tree(branch, &path, found);
                    }
                }
                return;
            }
            _ => {}
        }
    }
    let last = path.iter().rev().find(|part| *part != "self").cloned();
    if let Some(name) = name.or(last) {
        found.push((name, path));
    }
}

/// Collects the paths that code names outside of `use`.
fn scan_paths(at: &Names, tokens: &[TokenTree], module: &mut Module) {
    let mut index = 0;
    while index < tokens.len() {
        if let TokenTree::Group(group) = &tokens[index] {
            if !is_test_module(tokens, index) {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                scan_paths(at, &inner, module);
            }
            index += 1;
            continue;
        }
        let mut path = Vec::new();
        while let Some(TokenTree::Ident(word)) = tokens.get(index) {
            path.push(word.to_string());
            let goes_on = tokens
                .get(index + 1)
                .is_some_and(|token| is_sign(token, ':'))
                && tokens
                    .get(index + 2)
                    .is_some_and(|token| is_sign(token, ':'));
            if !goes_on {
                break;
            }
            index += 3;
        }
        index += 1;
        let Some((first, rest)) = path.split_first() else {
            continue;
        };
        let mut full = match first.as_str() {
            _ if rest.is_empty() => continue,
            "crate" => Vec::new(),
            "super" => at[..at.len().saturating_sub(1)].to_vec(),
            name => match module.imports.get(name) {
                Some(target) => target.clone(),
                None => continue,
            },
        };
        full.extend(rest.iter().cloned());
        module.named.insert(full);
    }
}

/// The groups of modules that depend on each other, directly or not.
fn cycles(dependencies: &BTreeMap<&Names, BTreeSet<Names>>) -> Vec<Vec<Names>> {
    let reached: BTreeMap<&Names, BTreeSet<&Names>> = dependencies
        .keys()
        .map(|start| {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&Names> = vec![start];
            while let Some(next) = open.pop() {
                for target in dependencies.get(next).into_iter().flatten() {
                    if seen.insert(target) {
                        open.push(target);
                    }
                }
            }
            (*start, seen)
        })
        .collect();
    let mut found: BTreeSet<Vec<Names>> = BTreeSet::new();
    for (start, targets) in &reached {
        let cycle: Vec<Names> = targets
            .iter()
            .filter(|target| {
                reached
                    .get(**target)
                    .is_some_and(|back| back.contains(start))
            })
            .map(|target| (*target).clone())
            .collect();
        if cycle.len() > 1 {
            found.insert(cycle);
        }
    }
    found.into_iter().collect()
}

fn shown(cycle: &[Names]) -> String {
    let names: Vec<String> = cycle.iter().map(|path| path.join("/")).collect();
    names.join(", ")
}

#[test]
fn a_dependency_cycle_has_at_most_three_files() {
    let tree = Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let dependencies = tree.dependencies();
    let count: usize = dependencies.values().map(BTreeSet::len).sum();
    assert!(count > 1000, "only {count} dependencies were found");
    let large: Vec<String> = cycles(&dependencies)
        .iter()
        .filter(|cycle| cycle.len() > 3)
        .map(|cycle| shown(cycle))
        .collect();
    assert!(large.is_empty(), "{}", large.join("\n\n"));
}

#[test]
fn a_cycle_is_found_through_re_exports_and_paths() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("lib.rs", "pub mod a; pub mod b;");
    write("a/mod.rs", "mod one; pub mod two; pub use one::One;");
    write(
        "a/one.rs",
        "use super::two; fn f() { two::g(); } pub struct One;",
    );
    write("a/two.rs", "pub fn g() { crate::b::h() }");
    write(
        "b.rs",
        "use crate::{a::One, a::two as other}; pub fn h() {}\n#[cfg(test)] mod tests { use crate::c::X; }",
    );
    let tree = Tree::read(folder.path());
    let found: Vec<String> = cycles(&tree.dependencies())
        .iter()
        .map(|it| shown(it))
        .collect();
    assert_eq!(found, ["a/one, a/two, b"]);
}
