//! The current date of a scenario, and the steps that advance it.

use harmony_bdd::{given, then, when};

use crate::{Date, Period};

/// The current date of the scenario. Steps of other crates share it by taking `&Calendar`.
#[derive(Debug, Default)]
pub struct Calendar {
    today: Option<Date>,
}

impl Calendar {
    /// Returns the current date.
    ///
    /// # Errors
    /// Returns an error if no step has set the date.
    pub fn today(&self) -> Result<Date, &'static str> {
        self.today.ok_or("no step has set the date: start with `Given today is 2024-02-28`")
    }
}

#[given(expr = "today is {date}")]
fn today_is(calendar: &mut Calendar, date: Date) {
    calendar.today = Some(date);
}

#[when(expr = "{period} pass(es)")]
fn days_pass(calendar: &mut Calendar, period: Period) -> Result<(), &'static str> {
    calendar.today = Some(calendar.today()?.later(period.days));
    Ok(())
}

#[then(expr = "it is {date}")]
fn it_is(calendar: &Calendar, date: Date) -> Result<(), &'static str> {
    assert_eq!(calendar.today()?, date);
    Ok(())
}
