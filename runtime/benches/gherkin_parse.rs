//! The time to parse and expand feature files, and whether it is linear in their size.
//!
//! Prints medians of interleaved runs for two sizes of one generated file; the ratio of the times
//! per scenario is 1 if parsing is linear.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use harmony_bdd::gherkin::{self, ParseErrors};

const SMALL: usize = 1_000;
const LARGE: usize = 10_000;
const ROUNDS: usize = 21;

fn main() -> Result<(), ParseErrors> {
    let (small, large) = (feature(SMALL), feature(LARGE));
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for (slot, text) in [(0, &small), (2, &large)] {
            let (parse, expand) = time(text)?;
            times[slot].push(parse);
            times[slot + 1].push(expand);
        }
    }
    let [small_parse, small_expand, large_parse, large_expand] = times.map(median);
    let of_small = print(SMALL, &small, small_parse, small_expand);
    let of_large = print(LARGE, &large, large_parse, large_expand);
    println!("time per scenario, {LARGE} to {SMALL}: {:.2}", of_large / of_small);
    Ok(())
}

/// Returns the time to parse `text` and the time to expand the document to scenarios.
fn time(text: &str) -> Result<(Duration, Duration), ParseErrors> {
    let start = Instant::now();
    let document = gherkin::parse("generated.feature", black_box(text))?;
    let parsed = start.elapsed();
    let start = Instant::now();
    let scenarios = black_box(gherkin::scenarios(&document));
    let expanded = start.elapsed();
    drop(scenarios);
    Ok((parsed, expanded))
}

/// Prints one line of figures and returns the microseconds per scenario.
fn print(scenarios: usize, text: &str, parse: Duration, expand: Duration) -> f64 {
    let total = parse + expand;
    let per_scenario = total.as_secs_f64() * 1e6 / scenarios as f64;
    println!(
        "{scenarios:>6} scenarios, {:>7} bytes: parse {:>8.3} ms, expand {:>8.3} ms, together \
         {:>8.3} ms, {per_scenario:.3} us per scenario, {:.0} MB/s",
        text.len(),
        parse.as_secs_f64() * 1e3,
        expand.as_secs_f64() * 1e3,
        total.as_secs_f64() * 1e3,
        text.len() as f64 / 1e6 / total.as_secs_f64(),
    );
    per_scenario
}

/// Returns a file with this number of scenarios: plain ones and outline rows, tables, doc strings, tags, comments.
fn feature(scenarios: usize) -> String {
    let mut text = String::from("Feature: Generated\n  Background:\n    Given a running process\n");
    for number in 0..scenarios {
        let _ = write!(
            text,
            "\n  @tag{} @all\n  Scenario: Number {number}\n    Given a buffer of {number} bytes\n\
             \x20   When the 'writer' process writes frame {number}\n    And waits 10 milliseconds\n",
            number % 7
        );
        text.push_str(match number % 4 {
            0 => "      | key | value |\n      | a   | 1     |\n",
            1 => "      \"\"\"json\n      {\"a\": 1}\n      \"\"\"\n",
            2 => "    # a comment\n",
            _ => "    * does one thing more\n",
        });
        text.push_str("    Then the 'reader' process reads it back unchanged\n");
    }
    text
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
