//! The tags by which a scenario says what its roles survive: `@survives(kill:writer)`,
//! `@survives(pause)`, or several in one tag, `@survives(kill:writer,pause)`.

use super::fault::{Fault, FaultName};
use crate::model::{Location, Tag};

const BEGIN: &str = "@survives";

/// The faults that no step of a scenario may fail by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survival {
    /// Each with the role; `None` for all roles.
    faults: Vec<(FaultName, Option<String>)>,
}

/// A tag that begins like one about faults and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSurvival {
    /// The part in parentheses is missing or empty.
    #[error(
        "{location}: tag {tag}: write the faults in parentheses, as in @survives(kill:writer,pause)"
    )]
    NoFaults {
        /// The tag.
        tag: String,
        /// Its location.
        location: Location,
    },
    /// There is no such fault.
    #[error(
        "{location}: tag {tag}: no fault is called {name:?}; the faults are kill, pause and delay"
    )]
    UnknownFault {
        /// The tag.
        tag: String,
        /// Its location.
        location: Location,
        /// The name of the unknown fault.
        name: String,
    },
    /// The scenario has no such role.
    #[error("{location}: tag {tag}: the scenario has no role {role:?}; its roles are {roles}")]
    UnknownRole {
        /// The tag.
        tag: String,
        /// Its location.
        location: Location,
        /// The name of the unknown role.
        role: String,
        /// The roles of the scenario.
        roles: String,
    },
}

impl Survival {
    /// Reads the tags of a scenario with these roles. Those of its feature, `feature_tags`, may name roles
    /// that other scenarios have.
    ///
    /// # Errors
    /// Returns the first [`InvalidSurvival`].
    pub fn from_tags(
        tags: &[Tag],
        feature_tags: &[Tag],
        roles: &[String],
    ) -> Result<Self, InvalidSurvival> {
        let mut faults = Vec::new();
        for Tag { name: tag, location } in tags {
            let Some(rest) = tag.strip_prefix(BEGIN) else { continue };
            let inherited = feature_tags.iter().any(|other| other.location == *location);
            let is_similar = rest.starts_with(|c: char| c.is_alphanumeric() || "_-.".contains(c));
            if is_similar {
                continue;
            }
            let list = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            let Some(list) = list.filter(|list| !list.is_empty()) else {
                return Err(InvalidSurvival::NoFaults {
                    tag: tag.clone(),
                    location: location.clone(),
                });
            };
            for entry in list.split(',') {
                let (name, role) = match entry.split_once(':') {
                    Some((name, role)) => (name, Some(role)),
                    None => (entry, None),
                };
                let Some(fault) = FaultName::ALL.into_iter().find(|fault| fault.as_str() == name)
                else {
                    let (tag, location) = (tag.clone(), location.clone());
                    let name = name.to_owned();
                    return Err(InvalidSurvival::UnknownFault { tag, location, name });
                };
                if let Some(role) = role
                    && !inherited
                    && !roles.iter().any(|known| known == role)
                {
                    return Err(InvalidSurvival::UnknownRole {
                        tag: tag.clone(),
                        location: location.clone(),
                        role: role.to_owned(),
                        roles: roles.join(", "),
                    });
                }
                faults.push((fault, role.map(str::to_owned)));
            }
        }
        Ok(Self { faults })
    }

    /// Returns whether the scenario survives the fault.
    pub fn covers(&self, fault: &Fault) -> bool {
        self.faults.iter().any(|(name, role)| {
            *name == fault.kind.name() && role.as_ref().is_none_or(|role| *role == fault.role)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::fault::FaultKind;
    use super::*;

    fn tags(names: &[&str]) -> Vec<Tag> {
        let tag = |(line, name): (u32, &&str)| Tag {
            name: (*name).to_owned(),
            location: Location { path: "t.feature".into(), line, column: 1 },
        };
        (1..).zip(names).map(tag).collect()
    }

    fn survival(names: &[&str]) -> Result<Survival, InvalidSurvival> {
        let roles = ["reader", "writer"].map(str::to_owned);
        Survival::from_tags(&tags(names), &[], &roles)
    }

    fn fault(kind: FaultKind, role: &str) -> Fault {
        Fault { step: 0, after: Duration::ZERO, role: role.to_owned(), kind }
    }

    #[test]
    fn tags_name_faults_of_one_role_or_of_all() {
        let survival = survival(&["@slow", "@survives(kill:writer,pause)"]).unwrap();
        let pause = FaultKind::Pause(Duration::from_millis(1));
        assert!(survival.covers(&fault(FaultKind::Kill, "writer")));
        assert!(!survival.covers(&fault(FaultKind::Kill, "reader")));
        assert!(survival.covers(&fault(pause, "reader")));
        assert!(!survival.covers(&fault(FaultKind::Delay(Duration::ZERO), "reader")));
    }

    #[test]
    fn misspelt_tags_are_errors() {
        for (tag, part) in [
            ("@survives", "in parentheses"),
            ("@survives()", "in parentheses"),
            ("@survives(kill", "in parentheses"),
            ("@survives(kil:writer)", "no fault is called \"kil\""),
            ("@survives(kill:wirter)", "no role \"wirter\"; its roles are reader, writer"),
        ] {
            let error = survival(&[tag]).unwrap_err().to_string();
            assert!(error.contains(part) && error.contains("t.feature:1"), "{error}");
        }
        assert_eq!(survival(&["@survivesall", "@survives-all"]), Ok(Survival::default()));
    }

    #[test]
    fn tags_of_a_feature_may_name_roles_of_other_scenarios() {
        let tags = tags(&["@survives(kill:server)"]);
        assert!(Survival::from_tags(&tags, &tags, &["reader".to_owned()]).is_ok());
    }
}
