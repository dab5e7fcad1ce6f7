//! The platform of each role.

use std::collections::BTreeMap;
use std::fmt;

use super::config::{Config, Platform};
use super::config_error::PlatformConfigError;

/// The combinations that a run consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CombinationFilter {
    /// Every combination of these platforms; of all configured ones if empty.
    All(Vec<String>),
    /// Platforms in the order of the sorted role names, as in `rust_python`. The last one is also that of
    /// the roles after it.
    Ordered(Vec<String>),
    /// Platforms by role; the other roles get the first of them.
    ByRole(BTreeMap<String, String>),
}

impl Default for CombinationFilter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// The reason why a filter is invalid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCombination {
    /// The text is neither `role=platform,role=platform` nor `platform_platform`.
    #[error("invalid combination {0:?}: write `reader=rust,writer=python`, or `rust_python`")]
    Malformed(String),
    /// The text assigns two platforms to one role.
    #[error("invalid combination {text:?}: it names the role '{role}' twice")]
    DuplicateRole {
        /// The text.
        text: String,
        /// The role.
        role: String,
    },
    /// No selected scenario has the role.
    #[error("no selected scenario has the role '{role}'; roles: {known}")]
    UnknownRole {
        /// The role.
        role: String,
        /// The roles that there are.
        known: String,
    },
    /// There are more platforms than any selected scenario has roles.
    #[error(
        "{platforms} names {count} platforms, but no selected scenario has more than {most} roles; \
         roles: {known}",
        count = .platforms.split('_').count()
    )]
    TooManyPlatforms {
        /// The platforms, joined by `_`.
        platforms: String,
        /// The number of roles of the scenario that has the most.
        most: usize,
        /// The roles that there are.
        known: String,
    },
    /// A platform is not configured or cannot be started.
    #[error(transparent)]
    Platform(#[from] PlatformConfigError),
}

impl CombinationFilter {
    /// Reads `reader=rust,writer=python` or `rust_python`.
    ///
    /// # Errors
    /// [`InvalidCombination::Malformed`] or [`InvalidCombination::DuplicateRole`].
    pub fn combination(text: &str) -> Result<Self, InvalidCombination> {
        let malformed = || InvalidCombination::Malformed(text.to_owned());
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
            if by_role.insert(role.to_owned(), platform.to_owned()).is_some() {
                let (text, role) = (text.to_owned(), role.to_owned());
                return Err(InvalidCombination::DuplicateRole { text, role });
            }
        }
        Ok(Self::ByRole(by_role))
    }

    /// Returns whether `text` is a short form such as `rust_python`: configured platforms joined by `_`.
    pub fn is_short_form(text: &str, config: &Config) -> bool {
        text.contains('_') && text.split('_').all(|name| config.knows(name))
    }

    /// Checks the filter against all scenarios of a run, each given by its roles.
    ///
    /// A scenario may have fewer roles than the filter names, as long as another one has them.
    ///
    /// # Errors
    /// [`InvalidCombination`] if the filter names a role that no scenario has, more platforms than any
    /// scenario has roles, or a platform that cannot be started.
    pub fn check<'a>(
        &self,
        scenarios: impl IntoIterator<Item = &'a [String]>,
        config: &Config,
    ) -> Result<(), InvalidCombination> {
        let mut most = 0;
        let mut known: Vec<&str> = Vec::new();
        for roles in scenarios {
            most = most.max(roles.len());
            known.extend(roles.iter().map(String::as_str));
        }
        known.sort_unstable();
        known.dedup();
        config.check_roles(&known)?;
        let platforms: Vec<&String> = match self {
            Self::All(names) => names.iter().collect(),
            Self::Ordered(names) => names.iter().collect(),
            Self::ByRole(by_role) => by_role.values().collect(),
        };
        for name in platforms {
            config.platform(name)?;
        }
        // Without a scenario there is nothing to compare with.
        match self {
            _ if known.is_empty() => Ok(()),
            Self::Ordered(names) if names.len() > most => {
                Err(InvalidCombination::TooManyPlatforms {
                    platforms: names.join("_"),
                    most,
                    known: known.join(", "),
                })
            }
            Self::ByRole(by_role) => {
                match by_role.keys().find(|role| !known.contains(&role.as_str())) {
                    Some(role) => Err(InvalidCombination::UnknownRole {
                        role: role.clone(),
                        known: known.join(", "),
                    }),
                    None => Ok(()),
                }
            }
            Self::All(_) | Self::Ordered(_) => Ok(()),
        }
    }

    /// Returns the combinations for these roles: names sorted, platforms in the order of the
    /// configuration, the last role's varying fastest.
    ///
    /// # Errors
    /// [`InvalidCombination::Platform`] if a platform is not configured or cannot be started.
    pub fn combinations(
        &self,
        roles: &[String],
        config: &Config,
    ) -> Result<Vec<Combination>, InvalidCombination> {
        let mut roles = roles.to_vec();
        roles.sort();
        let assign = |platforms: Vec<&Platform>| -> Result<Combination, InvalidCombination> {
            let assigned = roles.iter().zip(platforms).map(|(role, platform)| {
                Ok((role.clone(), config.platform_of_role(role, platform)?))
            });
            Ok(Combination { roles: assigned.collect::<Result<_, PlatformConfigError>>()? })
        };
        match self {
            Self::All(names) => {
                let platforms = config.select(names)?;
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
                all.into_iter().map(assign).collect()
            }
            Self::Ordered(names) => {
                let last = names.len().saturating_sub(1);
                let mut platforms = Vec::new();
                for at in 0..roles.len() {
                    let name = names.get(at.min(last)).map_or("", String::as_str);
                    platforms.push(config.platform(name)?);
                }
                Ok(vec![assign(platforms)?])
            }
            Self::ByRole(by_role) => {
                let first = by_role.values().next().map_or("", String::as_str);
                let mut platforms = Vec::new();
                for role in &roles {
                    platforms
                        .push(config.platform(by_role.get(role).map_or(first, String::as_str))?);
                }
                Ok(vec![assign(platforms)?])
            }
        }
    }
}

/// A platform for each role, by role name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Combination {
    roles: Vec<(String, Platform)>,
}

impl Combination {
    /// Returns roles and platforms, sorted by role.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = (&str, &Platform)> {
        self.roles.iter().map(|(role, platform)| (role.as_str(), platform))
    }

    /// Returns the platform of a role.
    pub fn platform(&self, role: &str) -> Option<&Platform> {
        self.roles.iter().find(|(name, _)| name == role).map(|(_, platform)| platform)
    }

    /// Joins the platform names in role order: `python/cpp`.
    pub fn join(&self, separator: &str) -> String {
        let names: Vec<&str> = self.roles.iter().map(|(_, p)| p.name.as_str()).collect();
        names.join(separator)
    }

    /// Returns the combination as the option `--combo` takes it: `reader=rust,writer=python`.
    pub fn to_option(&self) -> String {
        self.to_string().replace(", ", ",")
    }

    /// Returns the test id that the reference runner gives a scenario in this combination.
    pub fn test_id(&self, scenario: &str) -> String {
        format!("{}-{}", self.join("-"), scenario).replace([' ', '.'], "-").to_lowercase()
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

    fn shown(choice: &CombinationFilter, roles: &[&str]) -> Vec<String> {
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let all = choice.combinations(&roles, &config()).unwrap();
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_last_of_the_sorted_roles_varies_fastest() {
        let choice = CombinationFilter::All(vec!["cpp".into(), "python".into()]);
        assert_eq!(
            shown(&choice, &["writer", "reader"]),
            [
                "reader=python, writer=python",
                "reader=python, writer=cpp",
                "reader=cpp, writer=python",
                "reader=cpp, writer=cpp",
            ]
        );
        assert_eq!(shown(&CombinationFilter::default(), &["a", "b", "c"]).len(), 27);
        assert_eq!(shown(&CombinationFilter::default(), &["a"]), ["a=python", "a=cpp", "a=rust"]);
    }

    #[test]
    fn one_combination_is_named_by_order_or_by_role() {
        let short = CombinationFilter::combination("rust_python").unwrap();
        assert_eq!(shown(&short, &["server", "client"]), ["client=rust, server=python"]);
        assert_eq!(shown(&short, &["server"]), ["server=rust"]);
        assert_eq!(shown(&short, &["c", "b", "a"]), ["a=rust, b=python, c=python"]);
        let by_role = CombinationFilter::combination("writer=cpp, reader=rust").unwrap();
        assert_eq!(shown(&by_role, &["writer", "reader"]), ["reader=rust, writer=cpp"]);
        assert!(CombinationFilter::is_short_form("rust_cpp", &config()));
        assert!(!CombinationFilter::is_short_form("rust", &config()));
        assert!(!CombinationFilter::is_short_form("rust_cobol", &config()));
    }

    #[test]
    fn malformed_combinations_are_refused() {
        for text in ["reader=", "=rust", "reader=rust,writer", "rust_", ""] {
            assert!(CombinationFilter::combination(text).is_err(), "{text:?}");
        }
        let cobol = CombinationFilter::combination("reader=cobol").unwrap();
        let error = cobol.combinations(&["reader".into()], &config()).unwrap_err().to_string();
        assert_eq!(
            error,
            "no platform `cobol`; configured: python, cpp, rust; add others to harmony-config.json, or to the file that HARMONY_CONFIG_PATH names"
        );
    }

    #[test]
    fn test_ids_are_those_of_the_reference_runner() {
        let choice = CombinationFilter::combination("python_cpp").unwrap();
        let all = choice.combinations(&["reader".into(), "writer".into()], &config()).unwrap();
        assert_eq!(all[0].join("/"), "python/cpp");
        assert_eq!(all[0].test_id("Test 1.1 - Simple"), "python-cpp-test-1-1---simple");
    }

    /// Returns the message for a combination; `None` if it is accepted.
    fn refusal(text: &str) -> Option<String> {
        let scenarios = [vec!["reader".to_owned(), "writer".into()], vec!["server".into()]];
        let filter = CombinationFilter::combination(text).unwrap();
        let checked = filter.check(scenarios.iter().map(Vec::as_slice), &config());
        checked.err().map(|error| error.to_string())
    }

    #[test]
    fn an_unknown_role_is_an_error() {
        let error = refusal("raeder=rust,wirter=python").unwrap();
        let known = "no selected scenario has the role 'raeder'; roles: reader, server, writer";
        assert_eq!(error, known);
        assert_eq!(refusal("reader=rust,server=python"), None, "in one of the scenarios");
    }

    #[test]
    fn a_role_that_is_named_twice_is_an_error() {
        let error = CombinationFilter::combination("reader=rust,reader=python").unwrap_err();
        assert!(error.to_string().contains("names the role 'reader' twice"), "{error}");
    }

    #[test]
    fn a_surplus_platform_is_an_error() {
        let error = refusal("rust_rust_python").unwrap();
        assert_eq!(
            error,
            "rust_rust_python names 3 platforms, but no selected scenario has more than 2 roles; \
             roles: reader, server, writer"
        );
        assert_eq!(refusal("rust_python"), None);
    }

    #[test]
    fn a_platform_beyond_the_roles_must_exist_as_well() {
        let error = refusal("rust_rust_cobol").unwrap();
        assert_eq!(
            error,
            "no platform `cobol`; configured: python, cpp, rust; add others to harmony-config.json, or to the file that HARMONY_CONFIG_PATH names"
        );
    }
}
