//! Periods in days.

use harmony_bdd::param;

/// A number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The number of days.
    pub days: u32,
}

/// The parameter type `{period}`: `1 day`, `3 weeks`.
#[param(name = "period", regex = "([0-9]+) (day|week)s?")]
fn period(count: u32, unit: &str) -> Result<Period, String> {
    let days = if unit == "week" { count.checked_mul(7) } else { Some(count) };
    days.map(|days| Period { days }).ok_or_else(|| format!("{count} {unit}s are too long"))
}
