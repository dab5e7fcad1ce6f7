//! The feature files: open buffers over the files on disk, each parsed once.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use lsp_types::Uri;

use super::uri;
use crate::gherkin::{self, ParseErrors, ast::GherkinDocument};
use crate::local::{Selection, feature_files};
use crate::model::Scenario;

/// A text that the editor has open.
#[derive(Debug, Clone)]
pub(super) struct Buffer {
    pub(super) uri: Uri,
    pub(super) language: String,
    pub(super) version: i32,
    pub(super) text: Arc<str>,
}

/// A feature file with its last valid content.
#[derive(Debug)]
pub(super) struct FeatureFile {
    stamp: Stamp,
    pub(super) uri: Uri,
    pub(super) text: Arc<str>,
    /// The errors of the present content.
    pub(super) errors: Option<ParseErrors>,
    /// The last content without errors.
    pub(super) document: Option<Arc<GherkinDocument>>,
    pub(super) scenarios: Vec<Arc<Scenario>>,
}

/// What a content was read from.
#[derive(Debug, PartialEq)]
enum Stamp {
    Buffer(Arc<str>),
    Disk(Option<SystemTime>, u64),
}

/// All feature files and open buffers, by their absolute paths.
#[derive(Debug)]
pub(super) struct Workspace {
    root: PathBuf,
    selectors: Vec<String>,
    buffers: HashMap<PathBuf, Buffer>,
    files: HashMap<PathBuf, FeatureFile>,
}

impl Workspace {
    /// Creates a workspace of the feature files at `selectors`, which are relative to `root`.
    pub(super) fn new(root: PathBuf, selectors: Vec<String>) -> Self {
        let mut workspace =
            Self { root, selectors, buffers: HashMap::new(), files: HashMap::new() };
        workspace.refresh();
        workspace
    }

    pub(super) fn open(&mut self, buffer: Buffer) {
        if let Some(path) = uri::to_path(&buffer.uri) {
            self.buffers.insert(identity(&path), buffer);
        }
    }

    pub(super) fn change(&mut self, uri: &Uri, version: i32, text: &str) {
        let buffer = uri::to_path(uri).and_then(|path| self.buffers.get_mut(&identity(&path)));
        if let Some(buffer) = buffer {
            (buffer.version, buffer.text) = (version, Arc::from(text));
        }
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        if let Some(path) = uri::to_path(uri) {
            self.buffers.remove(&identity(&path));
        }
    }

    pub(super) fn buffers(&self) -> impl Iterator<Item = &Buffer> {
        self.buffers.values()
    }

    /// Reads the files that have changed since the last call.
    ///
    /// Returns whether there are any.
    pub(super) fn refresh(&mut self) -> bool {
        let selectors: Vec<_> = self
            .selectors
            .iter()
            .map(|selector| self.root.join(selector).to_string_lossy().into_owned())
            .collect();
        // A folder without feature files is not an error in an editor.
        let mut paths = feature_files(&selectors).unwrap_or_default();
        paths.extend(self.buffers.keys().filter(|path| gherkin::is_feature_path(path)).cloned());
        let mut old = std::mem::take(&mut self.files);
        let (count, mut has_changed) = (old.len(), false);
        for path in paths.iter().map(|path| identity(path)) {
            if self.files.contains_key(&path) {
                continue;
            }
            let old = old.remove(&path);
            let before = old.as_ref().map(|old| Arc::as_ptr(&old.text));
            if let Some(file) = self.read(&path, old) {
                has_changed |= before != Some(Arc::as_ptr(&file.text));
                self.files.insert(path, file);
            }
        }
        has_changed || count != self.files.len()
    }

    fn read(&self, path: &Path, old: Option<FeatureFile>) -> Option<FeatureFile> {
        let buffer = self.buffers.get(path);
        let stamp = match buffer {
            Some(buffer) => Stamp::Buffer(Arc::clone(&buffer.text)),
            None => {
                let metadata = fs::metadata(path).ok()?;
                Stamp::Disk(metadata.modified().ok(), metadata.len())
            }
        };
        if old.as_ref().is_some_and(|old| old.stamp == stamp) {
            return old;
        }
        let (uri, text) = match buffer {
            Some(buffer) => (buffer.uri.clone(), Arc::clone(&buffer.text)),
            None => (uri::from_path(path)?, Arc::from(fs::read_to_string(path).ok()?)),
        };
        let mut file =
            FeatureFile { stamp, uri, text, errors: None, document: None, scenarios: Vec::new() };
        match gherkin::parse(&self.display(path), &file.text) {
            Ok(document) => {
                let scenarios = gherkin::scenarios(&document);
                file.scenarios = scenarios.into_iter().map(Arc::new).collect();
                file.document = Some(Arc::new(document));
            }
            Err(errors) => {
                file.errors = Some(errors);
                if let Some(old) = old {
                    (file.document, file.scenarios) = (old.document, old.scenarios);
                }
            }
        }
        Some(file)
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, &FeatureFile)> {
        let mut files: Vec<_> =
            self.files.iter().map(|(path, file)| (path.as_path(), file)).collect();
        files.sort_by_key(|(path, _)| *path);
        files.into_iter()
    }

    pub(super) fn file(&self, uri: &Uri) -> Option<&FeatureFile> {
        self.files.get(&identity(&uri::to_path(uri)?))
    }

    /// Returns all files as a selection, with the last valid content of each.
    pub(super) fn selection(&self) -> Selection {
        let mut selection = Selection::default();
        for (path, file) in self.files() {
            selection.files.push(path.to_owned());
            selection.scenarios.extend(file.scenarios.iter().cloned());
            selection.documents.extend(file.document.clone());
        }
        selection
    }

    /// Returns the path as messages show it.
    pub(super) fn display(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// Returns the absolute path of a source file, as `file!()` names it: relative to a folder above, or
    /// to the root of the workspace that was compiled.
    pub(super) fn source_path(&self, file: &str) -> Option<PathBuf> {
        let found =
            self.root.ancestors().map(|folder| folder.join(file)).find(|path| path.is_file());
        found.map(|path| identity(&path))
    }

    /// Returns the address of a file, as the editor names it if it is open.
    pub(super) fn uri_of(&self, path: &Path) -> Option<Uri> {
        match self.buffers.get(path) {
            Some(buffer) => Some(buffer.uri.clone()),
            None => uri::from_path(path),
        }
    }

    /// Returns the text of any file, as the editor shows it if it is open.
    pub(super) fn text_of(&self, path: &Path) -> Option<Arc<str>> {
        match self.buffers.get(path) {
            Some(buffer) => Some(Arc::clone(&buffer.text)),
            None => fs::read_to_string(path).ok().map(Arc::from),
        }
    }
}

/// Returns one path for a file that has several.
pub(super) fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
