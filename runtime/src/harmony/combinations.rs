//! Which platform plays which role.

use std::collections::BTreeMap;
use std::fmt;

use super::config::{Config, ConfigError, Platform};
use crate::sort::sort_by;

/// Which combinations a run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Every combination of these platforms, all that are configured where empty.
    All(Vec<String>),
    /// Platforms in the order of the sorted role names, as `rust_python` has them.
    Ordered(Vec<String>),
    /// Platforms by role; the remaining roles get the first of them.
    ByRole(BTreeMap<String, String>),
}

impl Default for Choice {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// A choice that means nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// Not `role=platform,role=platform`.
    #[error("{0:?} is no combination: write `reader=rust,writer=python`, or `rust_python`")]
    Malformed(String),
    /// A platform that is not configured.
    #[error(transparent)]
    Platform(#[from] ConfigError),
}

impl Choice {
    /// Reads `reader=rust,writer=python` or `rust_python`.
    ///
    /// # Errors
    /// [`ChoiceError::Malformed`].
    pub fn combination(text: &str) -> Result<Self, ChoiceError> {
        let malformed = || ChoiceError::Malformed(text.to_owned());
        if !text.contains('=') {
            let platforms: Vec<String> = text.split('_').map(str::to_owned).collect();
            let named = platforms.iter().all(|name| !name.is_empty());
            return if named { Ok(Self::Ordered(platforms)) } else { Err(malformed()) };
        }
        let mut by_role = BTreeMap::new();
        for pair in text.split(',') {
            let (role, platform) = pair.split_once('=').ok_or_else(malformed)?;
            let (role, platform) = (role.trim(), platform.trim());
            if role.is_empty() || platform.is_empty() {
                return Err(malformed());
            }
            by_role.insert(role.to_owned(), platform.to_owned());
        }
        Ok(Self::ByRole(by_role))
    }

    /// Whether `text` is a short form such as `rust_python`: configured platforms joined by `_`.
    pub fn is_short_form(text: &str, config: &Config) -> bool {
        text.contains('_') && text.split('_').all(|name| config.platform(name).is_ok())
    }

    /// The combinations for these roles: names sorted, platforms in the order of the configuration,
    /// the last role's varying fastest.
    ///
    /// # Errors
    /// [`ChoiceError::Platform`] when a platform is not configured.
    pub fn combinations(
        &self,
        roles: &[String],
        config: &Config,
    ) -> Result<Vec<Combination>, ChoiceError> {
        let mut roles = roles.to_vec();
        sort_by(&mut roles, Ord::cmp);
        let of = |platforms: Vec<&Platform>| Combination {
            roles: roles.iter().cloned().zip(platforms.into_iter().cloned()).collect(),
        };
        match self {
            Self::All(names) => {
                let platforms = chosen(names, config)?;
                let mut all = vec![Vec::new()];
                for _ in &roles {
                    let mut longer = Vec::new();
                    for prefix in &all {
                        for platform in &platforms {
                            longer.push([prefix, &[*platform][..]].concat());
                        }
                    }
                    all = longer;
                }
                Ok(all.into_iter().map(of).collect())
            }
            Self::Ordered(names) => {
                let last = names.len().saturating_sub(1);
                let mut platforms = Vec::new();
                for at in 0..roles.len() {
                    let name = names.get(at.min(last)).map_or("", String::as_str);
                    platforms.push(config.platform(name)?);
                }
                Ok(vec![of(platforms)])
            }
            Self::ByRole(by_role) => {
                let first = by_role.values().next().map_or("", String::as_str);
                let mut platforms = Vec::new();
                for role in &roles {
                    platforms
                        .push(config.platform(by_role.get(role).map_or(first, String::as_str))?);
                }
                Ok(vec![of(platforms)])
            }
        }
    }
}

/// The platforms of these names in the order of the configuration; all where no name is given.
fn chosen<'a>(names: &[String], config: &'a Config) -> Result<Vec<&'a Platform>, ConfigError> {
    if names.is_empty() {
        return Ok(config.platforms.iter().collect());
    }
    for name in names {
        config.platform(name)?;
    }
    let wanted =
        |platform: &&Platform| names.iter().any(|n| n.eq_ignore_ascii_case(&platform.name));
    Ok(config.platforms.iter().filter(wanted).collect())
}

/// A platform for each role, by role name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Combination {
    roles: Vec<(String, Platform)>,
}

impl Combination {
    /// Roles and platforms, sorted by role.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = (&str, &Platform)> {
        self.roles.iter().map(|(role, platform)| (role.as_str(), platform))
    }

    /// The platform of a role.
    pub fn platform(&self, role: &str) -> Option<&Platform> {
        self.roles.iter().find(|(name, _)| name == role).map(|(_, platform)| platform)
    }

    /// Platform names in role order, joined: `python/cpp`.
    pub fn platforms(&self, joint: &str) -> String {
        let names: Vec<&str> = self.roles.iter().map(|(_, p)| p.name.as_str()).collect();
        names.join(joint)
    }

    /// The field's test id for a scenario in this combination.
    pub fn test_id(&self, scenario: &str) -> String {
        format!("{}-{}", self.platforms("-"), scenario).replace([' ', '.'], "-").to_lowercase()
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (role, platform)) in self.roles.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            write!(f, "{comma}{role}={}", platform.name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("harmony-config.json");
        let text =
            r#"{"platforms": {"python": {"executable": "sh"}, "cpp": {"executable": "sh"}}}"#;
        std::fs::write(&path, text).unwrap();
        Config::load(&path).unwrap()
    }

    fn shown(choice: &Choice, roles: &[&str]) -> Vec<String> {
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let all = choice.combinations(&roles, &config()).unwrap();
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_last_of_the_sorted_roles_varies_fastest() {
        let choice = Choice::All(vec!["cpp".into(), "python".into()]);
        assert_eq!(
            shown(&choice, &["writer", "reader"]),
            [
                "reader=python, writer=python",
                "reader=python, writer=cpp",
                "reader=cpp, writer=python",
                "reader=cpp, writer=cpp",
            ]
        );
        assert_eq!(shown(&Choice::default(), &["a", "b", "c"]).len(), 27);
        assert_eq!(shown(&Choice::default(), &["a"]), ["a=python", "a=cpp", "a=rust"]);
    }

    #[test]
    fn one_combination_is_named_by_order_or_by_role() {
        let short = Choice::combination("rust_python").unwrap();
        assert_eq!(shown(&short, &["server", "client"]), ["client=rust, server=python"]);
        assert_eq!(shown(&short, &["server"]), ["server=rust"]);
        assert_eq!(shown(&short, &["c", "b", "a"]), ["a=rust, b=python, c=python"]);
        let by_role = Choice::combination("writer=cpp, reader=rust").unwrap();
        assert_eq!(shown(&by_role, &["writer", "reader"]), ["reader=rust, writer=cpp"]);
        assert!(Choice::is_short_form("rust_cpp", &config()));
        assert!(!Choice::is_short_form("rust", &config()));
        assert!(!Choice::is_short_form("rust_cobol", &config()));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for text in ["reader=", "=rust", "reader=rust,writer", "rust_", ""] {
            assert!(Choice::combination(text).is_err(), "{text:?}");
        }
        let cobol = Choice::combination("reader=cobol").unwrap();
        let error = cobol.combinations(&["reader".into()], &config()).unwrap_err().to_string();
        assert_eq!(error, "there is no platform `cobol`; configured: python, cpp, rust");
    }

    #[test]
    fn ids_are_the_fields() {
        let choice = Choice::combination("python_cpp").unwrap();
        let all = choice.combinations(&["reader".into(), "writer".into()], &config()).unwrap();
        assert_eq!(all[0].platforms("/"), "python/cpp");
        assert_eq!(all[0].test_id("Test 1.1 - Simple"), "python-cpp-test-1-1---simple");
    }
}
