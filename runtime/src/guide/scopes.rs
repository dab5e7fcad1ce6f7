//! Step definitions that hold for a part of the scenarios, so that one text can mean different things.
//!
//! A binary that tests an interface and a page over it has two worlds with the same words. `scope(…)` limits a
//! definition to the scenarios with certain tags, or to a feature:
//!
//! ```
//! use harmony_bdd::{given, when};
//!
//! #[derive(Default)]
//! struct Requests(Vec<&'static str>);
//!
//! #[derive(Default)]
//! struct Clicks(Vec<&'static str>);
//!
//! #[when("I log in", scope(tags(@api)))]
//! fn send_credentials(requests: &mut Requests) {
//!     requests.0.push("POST /login");
//! }
//!
//! #[when("I log in", scope(tags(@ui and not @mobile)))]
//! fn fill_in_the_form(clicks: &mut Clicks) {
//!     clicks.0.push("Log in");
//! }
//!
//! #[given("a customer", scope(feature("Orders")))]
//! fn customer_with_orders() {}
//! ```
//!
//! | condition | holds for |
//! |---|---|
//! | `tags(@api and not @slow)` | scenarios with these tags, those of their feature, rule and examples included |
//! | `feature("Orders")` | scenarios of the feature with this name |
//! | `feature("orders.feature")`, `feature("shop/orders.feature")` | scenarios of files whose path ends like this |
//!
//! With several conditions, `scope(tags(api), feature("Orders"))`, all must hold. A definition without a scope holds for
//! all scenarios. It is not overridden by one with a scope: two definitions that hold for a scenario and match a text are
//! ambiguous, in this scenario only.
//!
//! If a definition matches the text of an undefined step in another scope, the message names the scope. `check` looks at
//! each scenario in its scopes: a step may be undefined in one scenario and defined in the next. `steps` and
//! `steps --json` list the scopes.
//!
//! # In a serve process
//!
//! The runner of this project sends the tags and the feature of a scenario with `initialize`, so that a serve process
//! finds the same definitions as `run`. It sends them to the platform `rust`; to other platforms that announce that they
//! take tags, it sends those of scenarios that have some. In compat mode, and by other runners, they are not sent: then all
//! scopes hold, and a text with definitions in several scopes is ambiguous.
//!
//! `check --platforms` reads the scopes of the serve processes of this project and looks at each scenario in them.
//! `mutate` changes each step by the definition that its scenario has.
