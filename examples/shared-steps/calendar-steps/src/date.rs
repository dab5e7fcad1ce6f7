//! Dates.

use std::fmt;
use std::str::FromStr;

use harmony_bdd::param;

/// A date such as `2024-02-29`; the parameter type `{date}` of every suite that links this crate.
#[param(name = "date", regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Returns the date, or `None` if it does not exist.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Returns the date `days` days later.
    pub fn later(mut self, days: u32) -> Self {
        for _ in 0..days {
            self.day += 1;
            if self.day > days_of(self.year, self.month) {
                (self.month, self.day) = (self.month + 1, 1);
            }
            if self.month > 12 {
                (self.year, self.month) = (self.year + 1, 1);
            }
        }
        self
    }

    /// Returns the number of days since `earlier`, 0 if `earlier` is later.
    pub fn days_since(self, earlier: Self) -> u32 {
        let mut days = 0;
        let mut day = earlier;
        while day < self {
            day = day.later(1);
            days += 1;
        }
        days
    }
}

fn days_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Vec<u16> = text.split('-').filter_map(|part| part.parse().ok()).collect();
        match numbers[..] {
            [year, month, day] => u8::try_from(month)
                .ok()
                .zip(u8::try_from(day).ok())
                .and_then(|(month, day)| Self::new(year, month, day)),
            _ => None,
        }
        .ok_or_else(|| format!("{text} is not a valid date"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn leap_years_have_a_leap_day() {
        assert_eq!(date("2024-02-28").later(2), date("2024-03-01"));
        assert_eq!(date("2023-02-28").later(1), date("2023-03-01"));
        assert_eq!(date("2000-02-28").later(1), date("2000-02-29"));
        assert_eq!(date("1900-02-28").later(1), date("1900-03-01"));
        assert_eq!(date("2024-12-31").later(366), date("2026-01-01"));
    }

    #[test]
    fn days_since_counts_days() {
        assert_eq!(date("2025-01-01").days_since(date("2024-01-01")), 366);
        assert_eq!(date("2024-01-01").days_since(date("2025-01-01")), 0);
    }

    #[test]
    fn nonexistent_dates_are_refused() {
        for text in ["2023-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-04"] {
            assert_eq!(text.parse::<Date>(), Err(format!("{text} is not a valid date")));
        }
    }
}
