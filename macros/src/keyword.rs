//! The keyword of a step attribute.

/// `given`, `when` or `then`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Given,
    When,
    Then,
}

impl Keyword {
    /// The attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::When => "when",
            Self::Then => "then",
        }
    }

    /// The variant of the runtime's `StepKeyword`.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Given => "Given",
            Self::When => "When",
            Self::Then => "Then",
        }
    }

    /// The keyword whose attribute has this name.
    pub(crate) fn from_attribute(name: &str) -> Option<Self> {
        [Self::Given, Self::When, Self::Then].into_iter().find(|k| k.attribute() == name)
    }
}
