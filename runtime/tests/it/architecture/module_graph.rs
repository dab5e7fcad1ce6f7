//! The modules of a crate and what each imports, read from the source text. Names that a module
//! re-exports are followed to the module that defines them. Test modules are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The path of a module from the root of its crate, such as `["engine", "state"]`.
pub(super) type ModulePath = Vec<String>;

/// The modules of a crate.
#[derive(Debug, Default)]
pub(super) struct ModuleGraph {
    modules: BTreeMap<ModulePath, Module>,
}

#[derive(Debug, Default)]
struct Module {
    file: PathBuf,
    /// Paths that the module names, from the root of the crate.
    paths: BTreeSet<ModulePath>,
    /// Names that the module re-exports, with the paths they come from.
    exports: BTreeMap<String, ModulePath>,
}

impl ModuleGraph {
    /// Reads every file below the folder `source`, whose root module is `lib.rs`.
    pub(super) fn read(source: &Path) -> Self {
        let mut graph = Self::default();
        for file in super::rust_files(source) {
            let path = module_path(file.strip_prefix(source).unwrap());
            graph.modules.insert(path, Module { file, ..Module::default() });
        }
        let known: BTreeSet<_> = graph.modules.keys().cloned().collect();
        for (path, module) in &mut graph.modules {
            let text = fs::read_to_string(&module.file).unwrap();
            let tokens = text.parse().unwrap_or_else(|e| panic!("{}: {e}", module.file.display()));
            let mut reader = Reader { known: &known, module: path, paths: &mut module.paths };
            reader.read(tokens, &mut module.exports);
        }
        graph
    }

    /// The modules in this room, which is a module with all that it contains.
    pub(super) fn in_room(&self, room: &[&str]) -> impl Iterator<Item = &ModulePath> {
        self.modules.keys().filter(move |path| starts_with(path, room))
    }

    /// The file of a module.
    pub(super) fn file(&self, module: &ModulePath) -> &Path {
        &self.modules[module].file
    }

    /// The modules whose items `module` names, re-exports aside.
    pub(super) fn imports(&self, module: &ModulePath) -> BTreeSet<&ModulePath> {
        let paths = self.modules[module].paths.iter();
        paths
            .filter_map(|path| self.defining_module(path))
            .filter(|found| *found != module)
            .collect()
    }

    /// The groups of modules that import each other, directly or by way of others.
    pub(super) fn circles(&self) -> Vec<Vec<&ModulePath>> {
        let reached: BTreeMap<_, _> =
            self.modules.keys().map(|module| (module, self.reached_from(module))).collect();
        let mut circles = BTreeSet::new();
        for (module, others) in &reached {
            let circle: Vec<_> = others.iter().filter(|o| reached[**o].contains(module)).collect();
            if others.contains(module) {
                circles.insert(circle.into_iter().copied().collect::<Vec<_>>());
            }
        }
        circles.into_iter().collect()
    }

    fn reached_from(&self, module: &ModulePath) -> BTreeSet<&ModulePath> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<_> = self.imports(module).into_iter().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(self.imports(next));
            }
        }
        reached
    }

    /// The module that defines what `path` names: the deepest module on the path, or the one that the
    /// next name of the path is re-exported from.
    fn defining_module(&self, path: &[String]) -> Option<&ModulePath> {
        let depth = (0..=path.len()).rev().find(|n| self.modules.contains_key(&path[..*n]))?;
        let (module, found) = self.modules.get_key_value(&path[..depth])?;
        match path.get(depth).and_then(|name| found.exports.get(name)) {
            Some(origin) if origin != path => self.defining_module(origin),
            _ => Some(module),
        }
    }
}

/// Returns whether `path` is the module `room` or inside it.
pub(super) fn starts_with(path: &[String], room: &[&str]) -> bool {
    path.len() >= room.len() && path.iter().zip(room).all(|(one, other)| one == other)
}

fn module_path(file: &Path) -> ModulePath {
    let mut path: ModulePath =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib") {
        path.pop();
    }
    path
}

/// Collects the paths that one module names.
struct Reader<'a> {
    known: &'a BTreeSet<ModulePath>,
    module: &'a ModulePath,
    paths: &'a mut BTreeSet<ModulePath>,
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream, exports: &mut BTreeMap<String, ModulePath>) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut public = false;
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Ident(word) if word == "mod" => index = after_tests(&tokens, index),
                TokenTree::Ident(word) if word == "use" => {
                    let end = index + position_of_semicolon(&tokens[index..]);
                    let mut found = BTreeSet::new();
                    self.paths_of(&tokens[index + 1..end], Vec::new(), &mut found);
                    let found: Vec<_> =
                        found.into_iter().filter_map(|path| self.absolute(path)).collect();
                    match public {
                        true => exports
                            .extend(found.into_iter().filter_map(|p| Some((p.last()?.clone(), p)))),
                        false => self.paths.extend(found),
                    }
                    index = end;
                }
                // `$crate` is for the code that a macro expands to.
                TokenTree::Ident(word)
                    if is_root(&word.to_string())
                        && !(index > 0 && is_punct(&tokens[index - 1], '$')) =>
                {
                    let mut found = BTreeSet::new();
                    let end = index + self.paths_of(&tokens[index..], Vec::new(), &mut found);
                    let found: Vec<_> =
                        found.into_iter().filter_map(|path| self.absolute(path)).collect();
                    self.paths.extend(found);
                    index = end.max(index);
                }
                TokenTree::Group(group) if !public => {
                    self.read(group.stream(), &mut BTreeMap::new())
                }
                _ => {}
            }
            // `pub` and `pub(in …)` precede the item.
            public = match tokens.get(index) {
                Some(TokenTree::Ident(word)) => word == "pub",
                Some(TokenTree::Group(group)) => {
                    public && group.delimiter() == Delimiter::Parenthesis
                }
                _ => false,
            };
            index += 1;
        }
    }

    /// Collects the paths of one `use` tree or expression path; returns how many tokens it takes.
    fn paths_of(
        &self,
        tokens: &[TokenTree],
        mut prefix: ModulePath,
        found: &mut BTreeSet<ModulePath>,
    ) -> usize {
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            match token {
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(word) => prefix.push(word.to_string()),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    for part in inner.split(|token| is_punct(token, ',')) {
                        self.paths_of(part, prefix.clone(), found);
                    }
                    return index;
                }
                _ => break,
            }
            if !(is_punct_at(tokens, index + 1, ':') && is_punct_at(tokens, index + 2, ':')) {
                break;
            }
            index += 3;
        }
        found.insert(prefix);
        index
    }

    /// The path from the root of the crate; `None` for one that leads outside.
    fn absolute(&self, path: ModulePath) -> Option<ModulePath> {
        let mut base = self.module.clone();
        let mut rest = &path[..];
        match path.first()?.as_str() {
            "crate" => (base, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                let inside = [&base[..], &[child.to_owned()]].concat();
                self.known.contains(&inside).then_some(())?;
            }
        }
        base.extend(rest.iter().filter(|word| *word != "self").cloned());
        Some(base)
    }
}

fn is_root(word: &str) -> bool {
    matches!(word, "crate" | "super" | "self")
}

/// The index of the body of `mod tests`, which is skipped; any other module starts right here.
fn after_tests(tokens: &[TokenTree], index: usize) -> usize {
    match tokens.get(index + 1) {
        Some(TokenTree::Ident(name)) if name == "tests" => index + 2,
        _ => index,
    }
}

fn position_of_semicolon(tokens: &[TokenTree]) -> usize {
    tokens.iter().position(|token| is_punct(token, ';')).unwrap_or(tokens.len())
}

fn is_punct_at(tokens: &[TokenTree], index: usize, sign: char) -> bool {
    tokens.get(index).is_some_and(|token| is_punct(token, sign))
}

fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}
