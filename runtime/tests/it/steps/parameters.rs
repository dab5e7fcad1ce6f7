//! Custom parameter types: on an enum, a struct and a function, and enums as plain captures.

use std::str::FromStr;
use std::time::Duration;

use harmony_bdd::engine::Registry;
use harmony_bdd::{StepArg, given, param, then};

use super::test_scenario::{TestScenario, failure};

#[derive(Default)]
struct Seen(Vec<String>);

#[param(name = "colour", regex = "red|light blue|azure")]
#[derive(Debug, PartialEq)]
enum Colour {
    Red,
    #[text("light blue", "azure")]
    LightBlue,
}

#[param(name = "direction")]
#[derive(Debug)]
enum Direction {
    NorthWest,
    South,
}

#[param(name = "point", regex = r"(\d+),(?<y>\d+)")]
struct Point(u32, u32);

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (x, y) = text.split_once(',').ok_or("no comma")?;
        let number = |t: &str| t.parse().map_err(|e| format!("{t:?}: {e}"));
        Ok(Self(number(x)?, number(y)?))
    }
}

/// For a type of another crate, from the groups of the regex.
#[param(name = "duration", regex = r"(\d+) ?(ms|s)")]
fn duration(count: u64, unit: &str) -> Duration {
    if unit == "s" { Duration::from_secs(count) } else { Duration::from_millis(count) }
}

/// A second parameter type for the same type, from the whole text.
#[param(name = "minutes", regex = r"\d+ min(?:utes)?")]
fn minutes(text: &str) -> Result<Duration, String> {
    let count = text.split(' ').next().unwrap_or_default();
    let count: u64 = count.parse().map_err(|_| format!("{count:?} is not a number"))?;
    count.checked_mul(60).map(Duration::from_secs).ok_or_else(|| "too long".to_owned())
}

#[derive(StepArg, Debug)]
enum Size {
    Small,
    ExtraLarge,
}

#[given(expr = "a {colour} car and a {colour} bike go {direction} to {point}")]
fn paint(seen: &mut Seen, car: Colour, bike: Option<Colour>, to: Direction, at: Point) {
    let Point(x, y) = at;
    seen.0.push(format!("{car:?} {bike:?} {to:?} {x}|{y}"));
}

#[given(expr = "it takes {duration} or {minutes}")]
fn takes(seen: &mut Seen, first: Duration, second: Duration) {
    seen.0.push(format!("{} {}", first.as_millis(), second.as_secs()));
}

#[given(regex = r"^a shirt of size (.+)$")]
fn shirt(seen: &mut Seen, size: Size) {
    seen.0.push(format!("{size:?}"));
}

#[then(expr = "the parameters were {string}")]
fn were(seen: &Seen, wanted: &str) {
    assert_eq!(seen.0.join(";"), wanted);
}

#[test]
fn each_parameter_type_converts_its_capture() {
    TestScenario::new().passes(&[
        "a red car and a azure bike go north-west to 3,4",
        "a light blue car and a red bike go South to 0,12",
        "the parameters were 'Red Some(LightBlue) NorthWest 3|4;LightBlue Some(Red) South 0|12'",
    ]);
}

#[test]
fn function_declares_a_parameter_of_a_foreign_type() {
    TestScenario::new().passes(&[
        "it takes 5 s or 2 minutes",
        "it takes 7ms or 1 min",
        "the parameters were '5000 120;7 60'",
    ]);
}

#[test]
fn conversion_error_has_the_reason() {
    let message = failure(TestScenario::new().step("it takes 5 s or 99999999999999999999 min"));
    assert!(message.contains("`second: Duration`"), "{message}");
    assert!(message.contains("is not a number"), "{message}");
    let message = failure(TestScenario::new().step("it takes 5 s or 999999999999999999 min"));
    assert!(message.contains("too long"), "{message}");
}

#[test]
fn enum_accepts_each_of_its_spellings() {
    TestScenario::new().passes(&[
        "a shirt of size small",
        "a shirt of size ExtraLarge",
        "a shirt of size extra large",
        "a shirt of size extra-large",
        "the parameters were 'Small;ExtraLarge;ExtraLarge;ExtraLarge'",
    ]);
    let message = failure(TestScenario::new().step("a shirt of size huge"));
    assert!(message.contains("expected one of small, extra large"), "{message}");
}

#[test]
fn text_that_is_not_a_value_of_the_type_does_not_match() {
    let outcome = TestScenario::new().step("a green car and a red bike go south to 1,2");
    assert_eq!(outcome.as_str(), "undefined");
}

#[test]
fn declared_parameter_types_are_listed() {
    let registry = Registry::collect().unwrap();
    let listed = registry.parameters();
    let ours: Vec<(&str, &str)> =
        listed.iter().filter(|p| p.at.file == file!()).map(|p| (p.name, p.makes)).collect();
    assert_eq!(
        ours,
        [
            ("colour", "Colour"),
            ("direction", "Direction"),
            ("duration", "Duration"),
            ("minutes", "Duration"),
            ("point", "Point")
        ]
    );
    assert_eq!(Colour::from_str("azure"), Ok(Colour::LightBlue));
}
