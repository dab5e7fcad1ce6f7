//! `harmony-config.json`: the platforms a runner can start, in the field's schema.
//!
//! Keys in any case, unknown keys ignored. Additions of this project: `arguments` may be an array
//! of strings, a platform may set `stepTimeoutMs` and `startTimeoutMs`, and an executable without a
//! slash is looked up in `PATH`. The platform `rust` is always there: this very binary.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use super::contract::member;

/// The environment variable that names the file.
pub const PATH_VARIABLE: &str = "HARMONY_CONFIG_PATH";

/// Where the file is looked for when the variable is not set.
pub const DEFAULT_PATH: &str = "harmony-config.json";

const DEFAULT_START_DELAY_MS: u64 = 1000;

/// The platform that is this binary where the file says nothing else.
pub const OWN_PLATFORM: &str = "rust";

/// The platforms, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What can be started; at least the built-in one where a file was read.
    pub platforms: Vec<Platform>,
    /// The folder with the feature files, where the file names one.
    pub features_path: Option<PathBuf>,
    /// How long the field's runner sleeps after each process it started; 1 s where the file does
    /// not say.
    pub start_delay: Duration,
}

impl Default for Config {
    /// No platform, 1 s.
    fn default() -> Self {
        Self {
            platforms: Vec::new(),
            features_path: None,
            start_delay: Duration::from_millis(DEFAULT_START_DELAY_MS),
        }
    }
}

/// How one platform's serve process is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Its name, such as `python`.
    pub name: String,
    /// The program, found and existing when the config was read.
    pub executable: PathBuf,
    /// What follows it.
    pub arguments: Vec<OsString>,
    /// Where it runs; the runner's own folder where `None`.
    pub working_directory: Option<PathBuf>,
    /// What its environment has beside the runner's own.
    pub environment: Vec<(String, String)>,
    /// The time one of its steps has; the runner's where `None`.
    pub step_timeout: Option<Duration>,
    /// The time it has from start to its first answer; the runner's where `None`.
    pub start_timeout: Option<Duration>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot read the Harmony configuration: {reason}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file is not JSON.
    #[error("{path}: not JSON: {reason}", path = .path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What and where.
        reason: serde_json::Error,
    },
    /// A value has the wrong shape.
    #[error("{path}: `{key}` must be {wanted}", path = .path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The key, with those above it.
        key: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// A platform's program does not exist.
    #[error(
        "{path}: platform `{platform}`: there is no executable {executable:?}; looked at {looked}",
        path = .path.display()
    )]
    NoExecutable {
        /// The file.
        path: PathBuf,
        /// The platform.
        platform: String,
        /// The program as written.
        executable: String,
        /// Where it was looked for.
        looked: String,
    },
    /// A platform's folder does not exist.
    #[error(
        "{path}: platform `{platform}`: there is no folder {folder}",
        path = .path.display(), folder = .folder.display()
    )]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The platform.
        platform: String,
        /// The folder.
        folder: PathBuf,
    },
    /// This process does not know its own program.
    #[error("the built-in platform `{OWN_PLATFORM}` is this binary, which cannot be found: {0}")]
    OwnExecutable(std::io::Error),
    /// A platform was asked for that is not configured.
    #[error("there is no platform `{name}`; configured: {known}")]
    UnknownPlatform {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

impl Config {
    /// The file [`PATH_VARIABLE`] names, or else [`DEFAULT_PATH`] where it exists, or else the
    /// built-in platform alone.
    ///
    /// # Errors
    /// [`ConfigError`] when the file is wrong, or is named and missing.
    pub fn find() -> Result<Self, ConfigError> {
        match env::var_os(PATH_VARIABLE) {
            Some(path) => Self::load(Path::new(&path)),
            None if Path::new(DEFAULT_PATH).exists() => Self::load(Path::new(DEFAULT_PATH)),
            None => Self::built_in(),
        }
    }

    /// The built-in platform alone.
    ///
    /// # Errors
    /// [`ConfigError::OwnExecutable`].
    pub fn built_in() -> Result<Self, ConfigError> {
        Ok(Self { platforms: vec![own_platform()?], ..Self::default() })
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] when it cannot be read, is wrong, or names what does not exist.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|reason| ConfigError::Read { path: path.to_owned(), reason })?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let value: Value = serde_json::from_str(text)
            .map_err(|reason| ConfigError::Json { path: path.to_owned(), reason })?;
        File { path }.config(&value)
    }

    /// The platform of that name, in any case.
    ///
    /// # Errors
    /// [`ConfigError::UnknownPlatform`].
    pub fn platform(&self, name: &str) -> Result<&Platform, ConfigError> {
        self.platforms.iter().find(|p| p.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            ConfigError::UnknownPlatform {
                name: name.to_owned(),
                known: self
                    .platforms
                    .iter()
                    .map(|p| p.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }
        })
    }
}

fn own_platform() -> Result<Platform, ConfigError> {
    Ok(Platform {
        name: OWN_PLATFORM.to_owned(),
        executable: env::current_exe().map_err(ConfigError::OwnExecutable)?,
        arguments: vec!["serve".into()],
        working_directory: None,
        environment: Vec::new(),
        step_timeout: None,
        start_timeout: None,
    })
}

/// Reads one file; knows its path for messages and for what is relative to it.
struct File<'a> {
    path: &'a Path,
}

impl File<'_> {
    fn config(&self, value: &Value) -> Result<Config, ConfigError> {
        let root = self.object(value, "the file", "an object with `platforms`")?;
        let mut platforms = Vec::new();
        if let Some(value) = member(root, "platforms") {
            for (name, value) in
                self.object(value, "platforms", "an object of platforms by name")?
            {
                platforms.push(self.platform(name, value)?);
            }
        }
        if !platforms.iter().any(|p| p.name.eq_ignore_ascii_case(OWN_PLATFORM)) {
            platforms.push(own_platform()?);
        }
        let features_path = self.text(root, "featuresPath", "")?.map(|text| self.relative(&text));
        let start_delay = match member(root, "processInitializationDelayMs") {
            None | Some(Value::Null) => DEFAULT_START_DELAY_MS,
            Some(value) => value
                .as_u64()
                .ok_or_else(|| self.shape("processInitializationDelayMs", "a number of ms"))?,
        };
        Ok(Config { platforms, features_path, start_delay: Duration::from_millis(start_delay) })
    }

    fn platform(&self, name: &str, value: &Value) -> Result<Platform, ConfigError> {
        let key = format!("platforms.{name}");
        let object = self.object(value, &key, "an object with `executable`")?;
        let prefix = format!("{key}.");
        let executable = self
            .text(object, "executable", &prefix)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| {
                self.shape(&format!("{key}.executable"), "a path or a program's name")
            })?;
        let working_directory = self
            .text(object, "workingDirectory", &prefix)?
            .filter(|text| !text.is_empty())
            .map(|text| self.relative(&text));
        if let Some(folder) = working_directory.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(ConfigError::NoFolder {
                path: self.path.to_owned(),
                platform: name.to_owned(),
                folder: folder.clone(),
            });
        }
        Ok(Platform {
            name: name.to_owned(),
            executable: self.executable(name, &executable)?,
            arguments: self.arguments(object, &key)?,
            working_directory,
            environment: self.environment(object, &key)?,
            step_timeout: self.millis(object, "stepTimeoutMs", &key)?,
            start_timeout: self.millis(object, "startTimeoutMs", &key)?,
        })
    }

    /// Beside the file first, as in the field; a bare name then in `PATH`.
    fn executable(&self, platform: &str, text: &str) -> Result<PathBuf, ConfigError> {
        let beside = self.relative(text);
        if beside.is_file() {
            return Ok(beside);
        }
        let mut looked = beside.display().to_string();
        if !text.contains('/') {
            looked.push_str(" and in PATH");
            let folders = env::var_os("PATH").unwrap_or_default();
            if let Some(found) = env::split_paths(&folders)
                .map(|folder| folder.join(text))
                .find(|path| path.is_file())
            {
                return Ok(found);
            }
        }
        Err(ConfigError::NoExecutable {
            path: self.path.to_owned(),
            platform: platform.to_owned(),
            executable: text.to_owned(),
            looked,
        })
    }

    fn arguments(
        &self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Vec<OsString>, ConfigError> {
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

    fn environment(
        &self,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Vec<(String, String)>, ConfigError> {
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

    fn millis(
        &self,
        object: &Map<String, Value>,
        name: &str,
        key: &str,
    ) -> Result<Option<Duration>, ConfigError> {
        match member(object, name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64().filter(|&ms| ms > 0) {
                Some(ms) => Ok(Some(Duration::from_millis(ms))),
                None => Err(self.shape(&format!("{key}.{name}"), "a number of ms above zero")),
            },
        }
    }

    fn text(
        &self,
        object: &Map<String, Value>,
        name: &str,
        prefix: &str,
    ) -> Result<Option<String>, ConfigError> {
        match member(object, name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.shape(&format!("{prefix}{name}"), "a string")),
        }
    }

    fn object<'v>(
        &self,
        value: &'v Value,
        key: &str,
        wanted: &'static str,
    ) -> Result<&'v Map<String, Value>, ConfigError> {
        value.as_object().ok_or_else(|| self.shape(key, wanted))
    }

    fn shape(&self, key: &str, wanted: &'static str) -> ConfigError {
        ConfigError::Shape { path: self.path.to_owned(), key: key.to_owned(), wanted }
    }

    fn relative(&self, text: &str) -> PathBuf {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let joined = folder.join(text);
        // A program found beside the file must not depend on the child's working directory.
        std::path::absolute(&joined).unwrap_or(joined)
    }
}

/// Splits an argument string as .NET does: blanks part, double quotes hold together, a backslash
/// before a quote makes it an ordinary character.
fn split_arguments(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut current: Option<String> = None;
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let mut backslashes = 1;
                while characters.next_if_eq(&'\\').is_some() {
                    backslashes += 1;
                }
                let argument = current.get_or_insert_default();
                if characters.peek() == Some(&'"') {
                    argument.extend(std::iter::repeat_n('\\', backslashes / 2));
                    if backslashes % 2 == 1 {
                        characters.next();
                        argument.push('"');
                    }
                } else {
                    argument.extend(std::iter::repeat_n('\\', backslashes));
                }
            }
            '"' => {
                if quoted && characters.next_if_eq(&'"').is_some() {
                    current.get_or_insert_default().push('"');
                } else {
                    quoted = !quoted;
                    current.get_or_insert_default();
                }
            }
            ' ' | '\t' if !quoted => arguments.extend(current.take()),
            other => current.get_or_insert_default().push(other),
        }
    }
    arguments.extend(current);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_as_dotnet_splits_them() {
        let split = |text| split_arguments(text).join("|");
        assert_eq!(split("-m zerobuffer_serve"), "-m|zerobuffer_serve");
        assert_eq!(split(" a  \t b "), "a|b");
        assert_eq!(split(r#"run "a b" c"d e"f"#), "run|a b|cd ef");
        assert_eq!(split(r#"a "" b"#), "a||b");
        assert_eq!(split(r#""say ""hi""" x"#), "say \"hi\"|x");
        assert_eq!(split(r#"a\b \"q\" "c\\""#), r#"a\b|"q"|c\"#);
        assert_eq!(split(""), "");
    }

    fn load(json: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("harmony-config.json");
        fs::write(&path, json).unwrap();
        Config::load(&path)
    }

    #[test]
    fn a_file_in_the_fields_schema_is_read_whatever_the_case_of_its_keys() {
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
    fn what_is_wrong_is_named() {
        let error = |json| load(json).unwrap_err().to_string();
        assert!(error("{").contains("not JSON"));
        assert!(error("[]").contains("`the file` must be an object"));
        assert!(error(r#"{"platforms": {"x": {}}}"#).contains("`platforms.x.executable`"));
        let missing = error(r#"{"platforms": {"x": {"executable": "no-such-program"}}}"#);
        assert!(missing.contains("`x`") && missing.contains("in PATH"), "{missing}");
        let folder =
            r#"{"platforms": {"x": {"executable": "sh", "workingDirectory": "/no/such"}}}"#;
        assert!(error(folder).contains("no folder /no/such"));
        let unknown = load("{}").unwrap().platform("cobol").unwrap_err().to_string();
        assert_eq!(unknown, "there is no platform `cobol`; configured: rust");
    }
}
