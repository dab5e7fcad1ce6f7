//! The name of a process within a scenario.

use std::fmt;

/// A process of a scenario: its role, and which process of that role it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessLabel {
    /// The role, such as `reader`.
    pub role: String,
    /// The first process of the role or the second.
    pub instance: ProcessInstance,
}

/// The process of a role that a step refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessInstance {
    /// The process that every scenario with this role has, or the new one that replaced it.
    First,
    /// The process of steps such as "a second 'reader' process …".
    Second,
}

impl ProcessLabel {
    /// Returns the label of the first process of a role.
    pub fn first(role: impl Into<String>) -> Self {
        Self { role: role.into(), instance: ProcessInstance::First }
    }

    /// Returns the label of the second process of a role.
    pub fn second(role: impl Into<String>) -> Self {
        Self { role: role.into(), instance: ProcessInstance::Second }
    }
}

impl fmt::Display for ProcessLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.instance {
            ProcessInstance::First => f.write_str(&self.role),
            ProcessInstance::Second => write!(f, "second {}", self.role),
        }
    }
}
