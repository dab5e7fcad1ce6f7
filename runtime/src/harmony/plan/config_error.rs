//! The errors of the platform configuration.

use std::path::PathBuf;

/// The reason why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot read the Harmony configuration: {reason}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason that the system gave.
        reason: std::io::Error,
    },
    /// The file is not JSON.
    #[error("{path}: not JSON: {reason}", path = .path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The error and its position.
        reason: serde_json::Error,
    },
    /// A value has the wrong shape.
    #[error("{path}: `{key}` must be {expected}", path = .path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The key, with those above it.
        key: String,
        /// The shape that it must have.
        expected: &'static str,
    },
    /// A key that is not known and resembles a known one.
    #[error("{path}: unknown key `{key}`; did you mean `{known}`?", path = .path.display())]
    MisspeltKey {
        /// The file.
        path: PathBuf,
        /// The key, with those above it.
        key: String,
        /// The known key.
        known: &'static str,
    },
    /// A key that is not known.
    #[error("{path}: unknown key `{key}`; keys: {known}", path = .path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key, with those above it.
        key: String,
        /// The known keys.
        known: String,
    },
    /// A configured role that no selected scenario has, and that resembles one that a scenario has.
    #[error("`roles.{role}`: no selected scenario has the role '{role}'; did you mean `{meant}`?")]
    MisspeltRole {
        /// The role.
        role: String,
        /// The role that may be meant.
        meant: String,
    },
    /// The working directory of a role does not exist.
    #[error("`roles.{role}.workingDirectory`: no folder {folder}", folder = .folder.display())]
    RoleFolder {
        /// The role.
        role: String,
        /// The folder.
        folder: PathBuf,
    },
    /// The wrapper of a role does not exist.
    #[error("`roles.{role}.wrapper`: {reason}")]
    RoleWrapper {
        /// The role.
        role: String,
        /// The program that is missing.
        reason: MissingPath,
    },
    /// A platform cannot be started.
    #[error(transparent)]
    Unusable(#[from] UnusablePlatform),
    /// This process does not know its own program.
    #[error("the built-in platform `rust` is this binary, which cannot be found: {0}")]
    OwnExecutable(std::io::Error),
    /// A platform is not configured.
    #[error(
        "no platform `{name}`; configured: {known}; add others to harmony-config.json, or to the file \
         that HARMONY_CONFIG_PATH names"
    )]
    UnknownPlatform {
        /// The name that was given.
        name: String,
        /// The configured names.
        known: String,
    },
}

/// A configured platform that cannot be started; an error once a run needs it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: platform `{platform}`: {reason}", path = .path.display())]
pub struct UnusablePlatform {
    /// The configuration file.
    pub path: PathBuf,
    /// The platform.
    pub platform: String,
    /// The path that is missing.
    pub reason: MissingPath,
}

/// A path of a platform that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingPath {
    /// The program.
    #[error("no executable {executable:?}; searched {searched}")]
    Executable {
        /// The program as it is written.
        executable: String,
        /// The places that were searched.
        searched: String,
    },
    /// The working directory.
    #[error("no folder {folder}", folder = .folder.display())]
    WorkingDirectory {
        /// The folder.
        folder: PathBuf,
    },
}
