//! `harmony.toml`: a table for each group of settings.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::values::{unknown, unknown_section};
use super::{Given, Group, Mistake, Source};
use crate::sort::sort_by_key;

/// The name of the file.
pub const CONFIG_FILE: &str = "harmony.toml";

/// A configuration file that was read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    path: PathBuf,
    text: String,
}

impl ConfigFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), text: fs::read_to_string(path)? })
    }

    /// The first `harmony.toml` in one of `folders`.
    ///
    /// # Errors
    /// The path and the reason when there is one that cannot be read.
    pub fn find<'p>(
        folders: impl IntoIterator<Item = &'p Path>,
    ) -> Result<Option<Self>, (PathBuf, io::Error)> {
        for folder in folders {
            let path = folder.join(CONFIG_FILE);
            match Self::read(&path) {
                Ok(file) => return Ok(Some(file)),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) => {}
                Err(error) => return Err((path, error)),
            }
        }
        Ok(None)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sections that none of `groups` knows, as mistakes.
    pub(super) fn unknown_sections(&self, groups: &[&Group]) -> Vec<Mistake> {
        let Ok(table) = DeTable::parse(&self.text) else { return Vec::new() };
        let mut names: Vec<_> = table.get_ref().keys().collect();
        sort_by_key(&mut names, |name| name.get_ref());
        let mut mistakes = Vec::new();
        for name in names {
            if groups.iter().all(|group| group.section != name.get_ref()) {
                let source = self.line_of(name.span().start);
                mistakes.push(Mistake { source, problem: unknown_section(name.get_ref(), groups) });
            }
        }
        mistakes
    }

    /// What the file says about `group`.
    pub(super) fn given(&self, group: &Group, mistakes: &mut Vec<Mistake>) -> Vec<Given> {
        let table = match DeTable::parse(&self.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let source = self.line_of(error.span().map_or(0, |span| span.start));
                mistakes.push(Mistake { source, problem: error.message().to_owned() });
                return Vec::new();
            }
        };
        let Some(section) = table.get(group.section) else { return Vec::new() };
        let DeValue::Table(settings) = section.get_ref() else {
            let problem = format!("`{}` is a table: write [{0}]", group.section);
            mistakes.push(Mistake { source: self.line_of(section.span().start), problem });
            return Vec::new();
        };
        let mut given = Vec::new();
        // In the order of the file, so that mistakes are told from top to bottom.
        let mut settings: Vec<_> = settings.iter().collect();
        sort_by_key(&mut settings, |(name, _)| name.span().start);
        for (name, value) in settings {
            match self.one(group, name, value) {
                Ok(one) => given.push(one),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        given
    }

    fn one(
        &self,
        group: &Group,
        name: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Given, Mistake> {
        let source = self.line_of(name.span().start);
        let name = name.get_ref().as_ref();
        let Some(setting) = group.setting(name) else {
            return Err(Mistake { source, problem: unknown(group, name) });
        };
        let texts = match value.get_ref() {
            DeValue::Array(elements) if setting.is_list() => {
                elements.iter().map(|element| scalar(element.get_ref())).collect()
            }
            other => scalar(other).map(|text| vec![text]),
        };
        match texts {
            Some(texts) => Ok(Given { name: name.to_owned(), texts, source }),
            None => {
                let problem = format!("`{name}` takes {}", setting.wanted());
                Err(Mistake { source, problem })
            }
        }
    }

    fn line_of(&self, offset: usize) -> Source {
        let before = self.text.as_bytes().iter().take(offset);
        let line = before.filter(|&&byte| byte == b'\n').count() + 1;
        Source::File { path: self.path.clone(), line }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
