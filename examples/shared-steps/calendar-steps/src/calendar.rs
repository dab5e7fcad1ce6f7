//! The day it is in a scenario, and the steps that let days go by.

use harmony_bdd::{given, then, when};

use crate::{Date, Period};

/// The day it is in the scenario. Steps of other crates take it as `&Calendar` and see the same one.
#[derive(Debug, Default)]
pub struct Calendar {
    today: Option<Date>,
}

impl Calendar {
    /// The day it is.
    ///
    /// # Errors
    /// When no step has said.
    pub fn today(&self) -> Result<Date, &'static str> {
        self.today.ok_or("no step has said what day it is: begin with `Given today is 2024-02-28`")
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
