//! The settings of roles in `harmony-config.json`, which apply to the process of a role on every platform.

use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::config::{Config, Platform};
use super::config_error::{MissingPath, PlatformConfigError};
use super::config_keys::ROLE_KEYS;
use super::config_values::ConfigFile;
use super::role_check::are_near;
use crate::harmony::protocol::members::member;

/// The settings of one role. They override those of its platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSettings {
    /// The name of the role, such as `reader`.
    pub role: String,
    /// The working directory of its process; that of the platform if `None`.
    pub working_directory: Option<PathBuf>,
    /// The variables of its environment in addition to those of the platform.
    pub environment: Vec<(String, String)>,
    /// The program that starts that of the platform, or why it cannot; that of the platform if `None`.
    pub wrapper: Option<Result<Vec<OsString>, MissingPath>>,
}

impl ConfigFile<'_> {
    /// Reads the settings of all roles, in the order of the file.
    pub(super) fn roles(
        &self,
        root: &Map<String, Value>,
    ) -> Result<Vec<RoleSettings>, PlatformConfigError> {
        let Some(value) = member(root, "roles") else { return Ok(Vec::new()) };
        let roles = self.object(value, "roles", "an object of roles by name")?;
        roles.iter().map(|(role, value)| self.role(role, value)).collect()
    }

    fn role(&self, role: &str, value: &Value) -> Result<RoleSettings, PlatformConfigError> {
        let key = format!("roles.{role}");
        let object = self.object(value, &key, "an object")?;
        self.reject_unknown_key(object, &format!("{key}."), &ROLE_KEYS)?;
        Ok(RoleSettings {
            role: role.to_owned(),
            working_directory: self.folder(object, &key)?,
            environment: self.environment(object, &key)?,
            wrapper: self.wrapper(object, &key)?,
        })
    }
}

impl Config {
    /// Returns `platform` with the settings of `role`.
    ///
    /// # Errors
    /// [`PlatformConfigError::RoleFolder`], [`PlatformConfigError::RoleWrapper`].
    pub fn platform_of_role(
        &self,
        role: &str,
        platform: &Platform,
    ) -> Result<Platform, PlatformConfigError> {
        let mut platform = platform.clone();
        let Some(settings) = self.roles.iter().find(|settings| settings.role == role) else {
            return Ok(platform);
        };
        if let Some(folder) = &settings.working_directory {
            if !folder.is_dir() {
                let (role, folder) = (role.to_owned(), folder.clone());
                return Err(PlatformConfigError::RoleFolder { role, folder });
            }
            platform.working_directory = Some(folder.clone());
        }
        match &settings.wrapper {
            Some(Ok(wrapper)) => platform.wrapper.clone_from(wrapper),
            Some(Err(reason)) => {
                let (role, reason) = (role.to_owned(), reason.clone());
                return Err(PlatformConfigError::RoleWrapper { role, reason });
            }
            None => {}
        }
        platform.environment.extend(settings.environment.iter().cloned());
        Ok(platform)
    }

    /// Checks that the configured roles are not misspelt, given the roles of all selected scenarios.
    ///
    /// A role that no scenario has belongs to scenarios that were not selected, unless it resembles a
    /// role that is not configured.
    ///
    /// # Errors
    /// [`PlatformConfigError::MisspeltRole`].
    pub(super) fn check_roles(&self, known: &[&str]) -> Result<(), PlatformConfigError> {
        let is_configured = |role: &str| self.roles.iter().any(|settings| settings.role == role);
        for RoleSettings { role, .. } in &self.roles {
            if known.contains(&role.as_str()) {
                continue;
            }
            let meant = known.iter().find(|other| !is_configured(other) && are_near(role, other));
            if let Some(meant) = meant {
                let (role, meant) = (role.clone(), (*meant).to_owned());
                return Err(PlatformConfigError::MisspeltRole { role, meant });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::harmony::plan::config_file::DEFAULT_PATH;

    fn load(json: &str) -> Result<Config, PlatformConfigError> {
        Config::from_text(Path::new(DEFAULT_PATH), json)
    }

    #[test]
    fn role_overrides_its_platform() {
        let config = load(
            r#"{"platforms": {"sh": {"executable": "sh", "workingDirectory": "/tmp",
                    "environmentVariables": {"A": "platform"}}},
                "roles": {"reader": {"workingDirectory": "/", "environmentVariables": {"A": "role"}}}}"#,
        )
        .unwrap();
        let platform = config.platform("sh").unwrap();
        let reader = config.platform_of_role("reader", platform).unwrap();
        assert_eq!(reader.working_directory, Some(PathBuf::from("/")));
        let variable = |value: &str| ("A".to_owned(), value.to_owned());
        assert_eq!(reader.environment, [variable("platform"), variable("role")], "the last counts");
        assert_eq!(config.platform_of_role("writer", platform).unwrap(), *platform);
    }

    #[test]
    fn unknown_keys_of_a_role_are_errors() {
        let error = |key: &str| {
            let json = format!(r#"{{"roles": {{"reader": {{"{key}": 1}}}}}}"#);
            load(&json).unwrap_err().to_string()
        };
        let text = error("environment");
        assert!(text.ends_with("did you mean `environmentVariables`?"), "{text}");
        let text = error("colour");
        assert!(
            text.contains("unknown key `roles.reader.colour`; keys: workingDirectory, "),
            "{text}"
        );
    }

    #[test]
    fn misspelt_role_is_an_error_and_an_unselected_one_is_not() {
        let check = |roles: &str, known: &[&str]| {
            load(&format!(r#"{{"roles": {{{roles}}}}}"#)).unwrap().check_roles(known)
        };
        let text = check(r#""raeder": {}"#, &["reader", "writer"]).unwrap_err().to_string();
        assert!(
            text.contains("`roles.raeder`") && text.ends_with("did you mean `reader`?"),
            "{text}"
        );
        assert!(check(r#""watcher": {}"#, &["reader"]).is_ok());
        assert!(
            check(r#""servers": {}, "server": {}"#, &["server"]).is_ok(),
            "both are configured"
        );
    }

    #[test]
    fn missing_folder_is_an_error_only_for_those_who_need_the_role() {
        let json = r#"{"platforms": {"sh": {"executable": "sh"}},
            "roles": {"reader": {"workingDirectory": "/no/such"}}}"#;
        let config = load(json).unwrap();
        let platform = config.platform("sh").unwrap();
        assert!(config.platform_of_role("writer", platform).is_ok());
        let text = config.platform_of_role("reader", platform).unwrap_err().to_string();
        assert_eq!(text, "`roles.reader.workingDirectory`: no folder /no/such");
    }
}
