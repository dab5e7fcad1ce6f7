//! Steps about book loans. The dates come from `calendar_steps`.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use calendar_steps::{Calendar, Date, Period};
use harmony_bdd::{given, then, when};

/// Fine for each day a book is late.
const FINE_CENTS: u32 = 20;

/// Due dates of the lent books, and the fines.
#[derive(Default)]
struct Loans {
    due: HashMap<String, Date>,
    fines_cents: u32,
}

// `{period}` is defined in the library, and its steps change this `Calendar`.
#[given(expr = "the book {string} is lent for {period}")]
fn is_lent(
    loans: &mut Loans,
    calendar: &Calendar,
    title: String,
    period: Period,
) -> Result<(), &'static str> {
    loans.due.insert(title, calendar.today()?.later(period.days));
    Ok(())
}

#[when(expr = "the book {string} comes back")]
fn comes_back(loans: &mut Loans, calendar: &Calendar, title: &str) -> Result<(), String> {
    let due = loans.due.remove(title).ok_or_else(|| format!("{title:?} is not lent"))?;
    loans.fines_cents += calendar.today()?.days_since(due) * FINE_CENTS;
    Ok(())
}

#[then(expr = "the book {string} is due on {date}")]
fn is_due(loans: &Loans, title: &str, date: Date) {
    assert_eq!(loans.due.get(title), Some(&date));
}

#[then(expr = "{int} cent(s) are owed")]
fn are_owed(loans: &Loans, cents: u32) {
    assert_eq!(loans.fines_cents, cents);
}
