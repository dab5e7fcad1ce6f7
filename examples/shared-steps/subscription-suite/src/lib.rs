//! Steps about subscriptions. The dates come from `calendar_steps`.
#![forbid(unsafe_code)]

use calendar_steps::{Calendar, Date, Period};
use harmony_bdd::{given, param, then};

/// The subscription of a scenario.
#[derive(Default)]
struct Subscription {
    plan: Option<Plan>,
    ends: Option<Date>,
}

/// The parameter type `{plan}`, in addition to those of the library.
#[param(name = "plan", regex = "trial|yearly plan")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Trial,
    YearlyPlan,
}

#[given(expr = "a {plan} begins that runs for {period}")]
fn begins(
    subscription: &mut Subscription,
    calendar: &Calendar,
    plan: Plan,
    period: Period,
) -> Result<(), &'static str> {
    subscription.plan = Some(plan);
    subscription.ends = Some(calendar.today()?.later(period.days));
    Ok(())
}

#[then(expr = "the {plan} runs until {date}")]
fn runs_until(subscription: &Subscription, plan: Plan, date: Date) {
    assert_eq!((subscription.plan, subscription.ends), (Some(plan), Some(date)));
}

#[then("it is over")]
fn is_over(subscription: &Subscription, calendar: &Calendar) -> Result<(), &'static str> {
    let ends = subscription.ends.ok_or("no subscription has begun")?;
    assert!(ends <= calendar.today()?, "it runs until {ends}");
    Ok(())
}
