//! The platforms that a runner can start, as `harmony-config.json` defines them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use super::config_error::{PlatformConfigError, UnusablePlatform};
pub use super::config_roles::RoleSettings;

pub(super) const DEFAULT_START_DELAY_MS: u64 = 1000;

/// The platform that is this binary unless the file specifies otherwise.
pub const OWN_PLATFORM: &str = "rust";

/// The platforms, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The platforms that can be started; at least the built-in one if a file was read.
    pub platforms: Vec<Platform>,
    /// The platforms of the file that cannot be started. Only a run that needs one of them fails.
    pub unusable: Vec<UnusablePlatform>,
    /// The settings of roles, in the order of the file.
    pub roles: Vec<RoleSettings>,
    /// The folder with the feature files, if the file names one.
    pub features_path: Option<PathBuf>,
    /// The time that the reference runner sleeps after each process it started; 1 s by default.
    pub start_delay: Duration,
}

impl Default for Config {
    /// Returns a configuration without a platform and a start delay of 1 s.
    fn default() -> Self {
        Self {
            platforms: Vec::new(),
            unusable: Vec::new(),
            roles: Vec::new(),
            features_path: None,
            start_delay: Duration::from_millis(DEFAULT_START_DELAY_MS),
        }
    }
}

/// The way in which one platform's serve process is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// The name, such as `python`.
    pub name: String,
    /// The program, which existed when the configuration was read.
    pub executable: PathBuf,
    /// The arguments of the program.
    pub arguments: Vec<OsString>,
    /// The program that starts the platform's, with its arguments, such as `ssh` and a host; may be empty.
    pub wrapper: Vec<OsString>,
    /// The working directory; the runner's if `None`.
    pub working_directory: Option<PathBuf>,
    /// The variables of its environment in addition to the runner's.
    pub environment: Vec<(String, String)>,
    /// The time limit of a step; the runner's if `None`.
    pub step_timeout: Option<Duration>,
    /// The time limit from the start to the first response; the runner's if `None`.
    pub start_timeout: Option<Duration>,
}

impl Platform {
    /// Returns the program to start and its arguments: the wrapper, then the platform's own.
    pub(in crate::harmony) fn command(&self) -> Vec<&OsStr> {
        let wrapper = self.wrapper.iter().map(OsString::as_os_str);
        let own = std::iter::once(self.executable.as_os_str());
        wrapper.chain(own).chain(self.arguments.iter().map(OsString::as_os_str)).collect()
    }

    /// Returns whether its program is this one, whose serve takes every addition to the reference protocol.
    pub(in crate::harmony) fn is_this_program(&self) -> bool {
        let own = env::current_exe().and_then(|path| path.canonicalize());
        own.is_ok_and(|own| self.executable.canonicalize().is_ok_and(|path| path == own))
    }
}

impl Config {
    /// Returns the platform of that name, in any case.
    ///
    /// # Errors
    /// [`PlatformConfigError::UnknownPlatform`], or [`PlatformConfigError::Unusable`] if it cannot be
    /// started.
    pub fn platform(&self, name: &str) -> Result<&Platform, PlatformConfigError> {
        if let Some(platform) = self.platforms.iter().find(|p| p.name.eq_ignore_ascii_case(name)) {
            return Ok(platform);
        }
        match self.unusable.iter().find(|p| p.platform.eq_ignore_ascii_case(name)) {
            Some(unusable) => Err(unusable.clone().into()),
            None => Err(PlatformConfigError::UnknownPlatform {
                name: name.to_owned(),
                known: self.names().join(", "),
            }),
        }
    }

    /// Returns the platforms of these names in the order of the configuration; all if no name is given.
    ///
    /// # Errors
    /// As [`platform`](Self::platform), for each name or for every configured platform.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Platform>, PlatformConfigError> {
        if names.is_empty() {
            return match self.unusable.first() {
                Some(unusable) => Err(unusable.clone().into()),
                None => Ok(self.platforms.iter().collect()),
            };
        }
        for name in names {
            self.platform(name)?;
        }
        let is_named =
            |platform: &&Platform| names.iter().any(|n| n.eq_ignore_ascii_case(&platform.name));
        Ok(self.platforms.iter().filter(is_named).collect())
    }

    /// Returns whether a platform of that name is configured, in any case.
    pub fn knows(&self, name: &str) -> bool {
        self.names().iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn names(&self) -> Vec<&str> {
        let usable = self.platforms.iter().map(|platform| platform.name.as_str());
        usable.chain(self.unusable.iter().map(|unusable| unusable.platform.as_str())).collect()
    }
}
