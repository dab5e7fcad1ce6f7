//! Reading the values of `harmony-config.json`, with errors that name the key.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use super::arguments::split_arguments;
use super::config_error::{MissingPath, PlatformConfigError};
use super::config_keys::misspelt_key;
use crate::harmony::protocol::members::member;

/// A file that is being read; its path is for messages and for relative paths.
pub(super) struct ConfigFile<'a> {
    pub(super) path: &'a Path,
}

impl ConfigFile<'_> {
    pub(super) fn arguments(
        &self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Vec<OsString>, PlatformConfigError> {
        let wanted = || self.shape(&format!("{key}.arguments"), "a string or an array of strings");
        match member(object, "arguments") {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(text)) => {
                Ok(split_arguments(text).into_iter().map(OsString::from).collect())
            }
            Some(Value::Array(items)) => {
                let mut arguments = Vec::new();
                for item in items {
                    arguments.push(OsString::from(item.as_str().ok_or_else(wanted)?));
                }
                Ok(arguments)
            }
            Some(_) => Err(wanted()),
        }
    }

    /// Reads `wrapper`: a program and its arguments; the inner error is the program that does not exist.
    pub(super) fn wrapper(
        &self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Option<Result<Vec<OsString>, MissingPath>>, PlatformConfigError> {
        let wanted = "an array of strings: a program and its arguments";
        let shape = || self.shape(&format!("{key}.wrapper"), wanted);
        let words = match member(object, "wrapper") {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value.as_array().ok_or_else(shape)?,
        };
        let words = words.iter().map(|word| word.as_str().map(OsString::from).ok_or_else(shape));
        let mut words: Vec<OsString> = words.collect::<Result<_, _>>()?;
        let program = words.first().and_then(|word| word.to_str()).ok_or_else(shape)?;
        Ok(Some(self.executable(program).map(|program| {
            words[0] = program.into_os_string();
            words
        })))
    }

    /// Finds a program: next to the file first, as the reference runner does; a bare name then in
    /// `PATH`.
    pub(super) fn executable(&self, text: &str) -> Result<PathBuf, MissingPath> {
        let beside = self.relative(text);
        if beside.is_file() {
            return Ok(beside);
        }
        let mut searched = beside.display().to_string();
        if !text.contains('/') {
            searched.push_str(" and in PATH");
            let folders = env::var_os("PATH").unwrap_or_default();
            if let Some(found) = env::split_paths(&folders)
                .map(|folder| folder.join(text))
                .find(|path| path.is_file())
            {
                return Ok(found);
            }
        }
        Err(MissingPath::Executable { executable: text.to_owned(), searched })
    }

    pub(super) fn environment(
        &self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Vec<(String, String)>, PlatformConfigError> {
        let key = format!("{key}.environmentVariables");
        let wanted = "an object of strings";
        let mut variables = Vec::new();
        match member(object, "environmentVariables") {
            None | Some(Value::Null) => {}
            Some(value) => {
                for (name, value) in self.object(value, &key, wanted)? {
                    let value = value.as_str().ok_or_else(|| self.shape(&key, wanted))?;
                    variables.push((name.clone(), value.to_owned()));
                }
            }
        }
        Ok(variables)
    }

    pub(super) fn millis(
        &self,
        object: &Map<String, Value>,
        name: &str,
        key: &str,
    ) -> Result<Option<Duration>, PlatformConfigError> {
        match member(object, name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64().filter(|&ms| ms > 0) {
                Some(ms) => Ok(Some(Duration::from_millis(ms))),
                None => Err(self.shape(&format!("{key}.{name}"), "a number of ms above zero")),
            },
        }
    }

    pub(super) fn text(
        &self,
        object: &Map<String, Value>,
        name: &str,
        prefix: &str,
    ) -> Result<Option<String>, PlatformConfigError> {
        match member(object, name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.shape(&format!("{prefix}{name}"), "a string")),
        }
    }

    pub(super) fn object<'v>(
        &self,
        value: &'v Value,
        key: &str,
        expected: &'static str,
    ) -> Result<&'v Map<String, Value>, PlatformConfigError> {
        value.as_object().ok_or_else(|| self.shape(key, expected))
    }

    pub(super) fn reject_misspelt_key(
        &self,
        object: &Map<String, Value>,
        prefix: &str,
        known: &[&'static str],
    ) -> Result<(), PlatformConfigError> {
        match misspelt_key(object, known) {
            None => Ok(()),
            Some((key, known)) => Err(PlatformConfigError::MisspeltKey {
                path: self.path.to_owned(),
                key: format!("{prefix}{key}"),
                known,
            }),
        }
    }

    /// Refuses every unknown key, for objects that only this project defines.
    pub(super) fn reject_unknown_key(
        &self,
        object: &Map<String, Value>,
        prefix: &str,
        known: &[&'static str],
    ) -> Result<(), PlatformConfigError> {
        self.reject_misspelt_key(object, prefix, known)?;
        let is_known = |key: &str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
        match object.keys().find(|key| !is_known(key)) {
            None => Ok(()),
            Some(key) => Err(PlatformConfigError::UnknownKey {
                path: self.path.to_owned(),
                key: format!("{prefix}{key}"),
                known: known.join(", "),
            }),
        }
    }

    /// Reads `workingDirectory`, which may not exist.
    pub(super) fn folder(
        &self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Option<PathBuf>, PlatformConfigError> {
        let text = self.text(object, "workingDirectory", &format!("{key}."))?;
        Ok(text.filter(|text| !text.is_empty()).map(|text| self.relative(&text)))
    }

    pub(super) fn shape(&self, key: &str, expected: &'static str) -> PlatformConfigError {
        PlatformConfigError::Shape { path: self.path.to_owned(), key: key.to_owned(), expected }
    }

    pub(super) fn relative(&self, text: &str) -> PathBuf {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let joined = folder.join(text);
        // A program found beside the file must not depend on the child's working directory.
        std::path::absolute(&joined).unwrap_or(joined)
    }
}
