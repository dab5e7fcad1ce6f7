//! Reading `harmony-config.json`, in the schema of the reference runner.
//!
//! Keys are read in any case. A misspelt key is an error; other unknown keys are ignored. Additions of this project: `arguments` may be an
//! array of strings, a platform may set `stepTimeoutMs` and `startTimeoutMs`, `roles` may be there, and an executable without a
//! slash is also searched in `PATH`. The platform `rust` always exists: this binary.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::config::{Config, DEFAULT_START_DELAY_MS, OWN_PLATFORM, Platform};
use super::config_error::{MissingPath, PlatformConfigError, UnusablePlatform};
use super::config_keys::{PLATFORM_KEYS, ROOT_KEYS};
use super::config_values::ConfigFile;
use crate::harmony::protocol::members::member;

/// The environment variable that names the file.
pub(super) const PATH_VARIABLE: &str = "HARMONY_CONFIG_PATH";

/// The file that is read if the variable is not set.
pub(super) const DEFAULT_PATH: &str = "harmony-config.json";

/// The environment variable in which `cargo run` names the folder of the package.
const PACKAGE_VARIABLE: &str = "CARGO_MANIFEST_DIR";

impl Config {
    /// Reads the file that [`PATH_VARIABLE`] names, or else [`DEFAULT_PATH`] in the current folder or in
    /// that of the package that cargo runs; if there is none, returns the built-in platform alone.
    ///
    /// # Errors
    /// [`PlatformConfigError`] if the file is wrong, or is named and missing.
    pub fn find() -> Result<Self, PlatformConfigError> {
        if let Some(path) = env::var_os(PATH_VARIABLE) {
            return Self::load(Path::new(&path));
        }
        let package = env::var_os(PACKAGE_VARIABLE).map(PathBuf::from);
        let folders = [Some(PathBuf::new()), package].into_iter().flatten();
        match folders.map(|folder| folder.join(DEFAULT_PATH)).find(|path| path.exists()) {
            Some(path) => Self::load(&path),
            None => Self::built_in(),
        }
    }

    /// Returns the built-in platform alone.
    ///
    /// # Errors
    /// [`PlatformConfigError::OwnExecutable`].
    pub fn built_in() -> Result<Self, PlatformConfigError> {
        Ok(Self { platforms: vec![Platform::own()?], ..Self::default() })
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`PlatformConfigError`] if it cannot be read or a value has the wrong shape. A platform whose
    /// paths do not exist is [unusable](Self::unusable), which is not an error here.
    pub fn load(path: &Path) -> Result<Self, PlatformConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|reason| PlatformConfigError::Read { path: path.to_owned(), reason })?;
        Self::from_text(path, &text)
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub(super) fn from_text(path: &Path, text: &str) -> Result<Self, PlatformConfigError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let value = serde_json::from_str(text)
            .map_err(|reason| PlatformConfigError::Json { path: path.to_owned(), reason })?;
        ConfigFile { path }.read(&value)
    }
}

impl Platform {
    /// Returns the platform that is this binary.
    fn own() -> Result<Self, PlatformConfigError> {
        Ok(Self {
            name: OWN_PLATFORM.to_owned(),
            executable: env::current_exe().map_err(PlatformConfigError::OwnExecutable)?,
            arguments: vec!["serve".into()],
            wrapper: Vec::new(),
            working_directory: None,
            environment: Vec::new(),
            step_timeout: None,
            start_timeout: None,
        })
    }
}

impl ConfigFile<'_> {
    fn read(&self, value: &Value) -> Result<Config, PlatformConfigError> {
        let root = self.object(value, "the file", "an object with `platforms`")?;
        self.reject_misspelt_key(root, "", &ROOT_KEYS)?;
        let (mut platforms, mut unusable) = (Vec::new(), Vec::new());
        if let Some(value) = member(root, "platforms") {
            for (name, value) in
                self.object(value, "platforms", "an object of platforms by name")?
            {
                match self.platform(name, value)? {
                    Ok(platform) => platforms.push(platform),
                    Err(reason) => unusable.push(UnusablePlatform {
                        path: self.path.to_owned(),
                        platform: name.clone(),
                        reason,
                    }),
                }
            }
        }
        let is_own = |name: &str| name.eq_ignore_ascii_case(OWN_PLATFORM);
        if !platforms.iter().any(|p: &Platform| is_own(&p.name))
            && !unusable.iter().any(|p| is_own(&p.platform))
        {
            platforms.push(Platform::own()?);
        }
        let features_path = self.text(root, "featuresPath", "")?.map(|text| self.relative(&text));
        let start_delay = match member(root, "processInitializationDelayMs") {
            None | Some(Value::Null) => DEFAULT_START_DELAY_MS,
            Some(value) => value
                .as_u64()
                .ok_or_else(|| self.shape("processInitializationDelayMs", "a number of ms"))?,
        };
        let start_delay = Duration::from_millis(start_delay);
        let roles = self.roles(root)?;
        Ok(Config { platforms, unusable, roles, features_path, start_delay })
    }

    /// Reads one platform; the inner error is the path of it that does not exist.
    fn platform(
        &self,
        name: &str,
        value: &Value,
    ) -> Result<Result<Platform, MissingPath>, PlatformConfigError> {
        let key = format!("platforms.{name}");
        let object = self.object(value, &key, "an object with `executable`")?;
        let prefix = format!("{key}.");
        self.reject_misspelt_key(object, &prefix, &PLATFORM_KEYS)?;
        let executable = self
            .text(object, "executable", &prefix)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| {
                self.shape(&format!("{key}.executable"), "a path or a program's name")
            })?;
        let working_directory = self.folder(object, &key)?;
        let arguments = self.arguments(object, &key)?;
        let environment = self.environment(object, &key)?;
        let wrapper = match self.wrapper(object, &key)? {
            Some(Err(missing)) => return Ok(Err(missing)),
            Some(Ok(wrapper)) => wrapper,
            None => Vec::new(),
        };
        let step_timeout = self.millis(object, "stepTimeoutMs", &key)?;
        let start_timeout = self.millis(object, "startTimeoutMs", &key)?;
        if let Some(folder) = working_directory.as_ref().filter(|folder| !folder.is_dir()) {
            return Ok(Err(MissingPath::WorkingDirectory { folder: folder.clone() }));
        }
        let found = match self.executable(&executable) {
            // It may exist only where the wrapper starts it.
            Err(_) if !wrapper.is_empty() => Ok(PathBuf::from(&executable)),
            found => found,
        };
        Ok(found.map(|executable| Platform {
            name: name.to_owned(),
            executable,
            arguments,
            wrapper,
            working_directory,
            environment,
            step_timeout,
            start_timeout,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(json: &str) -> Result<Config, PlatformConfigError> {
        Config::from_text(Path::new(DEFAULT_PATH), json)
    }

    #[test]
    fn keys_are_read_in_any_case() {
        let config = load(
            r#"{"Platforms": {
                "python": {"executable": "sh", "ARGUMENTS": "-m serve", "workingDirectory": "",
                    "EnvironmentVariables": {"B": "1", "A": "2"}, "stepTimeoutMs": 1500},
                "again": {"Executable": "/bin/sh", "arguments": ["-c", "a b"]}},
              "defaultTimeoutMs": 30000, "processInitializationDelayMs": 0}"#,
        )
        .unwrap();
        let names: Vec<_> = config.platforms.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["python", "again", "rust"], "file order, and the built-in one last");
        assert_eq!(config.start_delay, Duration::ZERO);
        let python = config.platform("Python").unwrap();
        assert!(python.executable.is_absolute() && python.executable.ends_with("sh"));
        assert_eq!(python.arguments, ["-m", "serve"]);
        assert_eq!(python.environment, [("B".into(), "1".into()), ("A".into(), "2".into())]);
        assert_eq!(python.step_timeout, Some(Duration::from_millis(1500)));
        assert_eq!(config.platform("again").unwrap().arguments, ["-c", "a b"]);
    }

    #[test]
    fn misspelt_keys_are_errors_with_a_suggestion() {
        let error = |json| load(json).unwrap_err().to_string();
        let text = error(r#"{"platfroms": {}}"#);
        assert!(text.ends_with("unknown key `platfroms`; did you mean `platforms`?"), "{text}");
        let text = error(r#"{"platforms": {"x": {"executable": "sh", "args": "a"}}}"#);
        assert!(
            text.ends_with("unknown key `platforms.x.args`; did you mean `arguments`?"),
            "{text}"
        );
    }

    #[test]
    fn an_error_names_the_key() {
        let error = |json| load(json).unwrap_err().to_string();
        assert!(error("{").contains("not JSON"));
        assert!(error("[]").contains("`the file` must be an object"));
        assert!(error(r#"{"platforms": {"x": {}}}"#).contains("`platforms.x.executable`"));
        let unknown = load("{}").unwrap().platform("cobol").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "no platform `cobol`; configured: rust; add others to harmony-config.json, or to the file that HARMONY_CONFIG_PATH names"
        );
    }

    #[test]
    fn a_missing_path_is_an_error_only_for_those_who_need_the_platform() {
        let config = load(
            r#"{"platforms": {"x": {"executable": "no-such-program"},
                "y": {"executable": "sh", "workingDirectory": "/no/such"}}}"#,
        )
        .unwrap();
        let missing = config.platform("X").unwrap_err().to_string();
        assert!(missing.contains("`x`") && missing.contains("in PATH"), "{missing}");
        let folder = config.select(&["rust".into(), "y".into()]).unwrap_err().to_string();
        assert!(folder.contains("no folder /no/such"), "{folder}");
        assert_eq!(config.select(&["rust".into()]).unwrap()[0].name, "rust");
        assert!(config.select(&[]).is_err(), "all platforms are needed");
        let unknown = config.platform("cobol").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "no platform `cobol`; configured: rust, x, y; add others to harmony-config.json, or to the file that HARMONY_CONFIG_PATH names"
        );
    }
}
