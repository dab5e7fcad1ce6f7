//! Scenarios at the lines of a feature file.
//!
//! A scenario's lines reach from its first tag to the last line of its steps or examples. A line
//! between two scenarios, in a Background or behind the end of the file belongs to none of them.

use std::ops::RangeInclusive;

use crate::gherkin::ast::{self, Feature, GherkinDocument, Position, Tag};
use crate::model::Scenario;

/// A line outside of every scenario.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineOutside {
    pub(super) line: u32,
    /// The scenario before it or else the first one, with the line of its keyword.
    pub(super) nearest: Option<(String, u32)>,
}

/// Returns the scenarios of `document` at any of `lines`, in the order of the file: one example row,
/// all rows of an Examples block, or else the whole scenario at that line.
///
/// # Errors
/// Returns the first line without a scenario.
pub(super) fn scenarios_at(
    document: &GherkinDocument,
    scenarios: Vec<Scenario>,
    lines: &[u32],
) -> Result<Vec<Scenario>, LineOutside> {
    let blocks = blocks(document);
    let mut selected = vec![false; scenarios.len()];
    for &line in lines {
        let mut found = false;
        // The innermost block counts: an example row is a block in an Examples block in an outline.
        let innermost = blocks.iter().rfind(|block| block.lines.contains(&line));
        for (scenario, selected) in scenarios.iter().zip(&mut selected) {
            let is_at = innermost.is_some_and(|block| block.holds(scenario));
            found |= is_at;
            *selected |= is_at;
        }
        if !found {
            let before = scenarios.iter().rfind(|scenario| scenario.location.line <= line);
            let nearest = before.or(scenarios.first());
            let nearest = nearest.map(|found| (found.name.clone(), found.location.line));
            return Err(LineOutside { line, nearest });
        }
    }
    let mut selected = selected.into_iter();
    Ok(scenarios.into_iter().filter(|_| selected.next().unwrap_or(false)).collect())
}

/// Lines that select the scenarios whose keyword or example row is in `heads`.
struct Block {
    lines: RangeInclusive<u32>,
    heads: RangeInclusive<u32>,
}

impl Block {
    fn holds(&self, scenario: &Scenario) -> bool {
        let row = scenario.example_row.as_ref().map(|row| row.line);
        self.heads.contains(&scenario.location.line)
            || row.is_some_and(|row| self.heads.contains(&row))
    }
}

/// Returns the blocks of a document, each after the one around it.
fn blocks(document: &GherkinDocument) -> Vec<Block> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let source: Vec<&str> = document.source.lines().collect();
    let ends_before = |next: u32| last_line_before(&source, next);
    let mut blocks = Vec::new();
    let mut scenarios = scenarios_of(feature).peekable();
    while let Some((scenario, next)) = scenarios.next() {
        let behind = scenarios.peek().map(|(next, _)| first_line(&next.tags, next.position));
        let next = [behind, next].into_iter().flatten().min().unwrap_or(u32::MAX);
        let heading = scenario.position.line;
        let first = first_line(&scenario.tags, scenario.position);
        blocks.push(Block { lines: first..=ends_before(next), heads: heading..=heading });
        let mut examples = scenario.examples.iter().peekable();
        while let Some(block) = examples.next() {
            let (Some(first_row), Some(last_row)) = (block.rows.first(), block.rows.last()) else {
                continue;
            };
            let rows = first_row.position.line..=last_row.position.line;
            let behind = examples.peek().map(|next| first_line(&next.tags, next.position));
            let first = first_line(&block.tags, block.position);
            let last = ends_before(behind.unwrap_or(next));
            blocks.push(Block { lines: first..=last, heads: rows });
            let lines = block.rows.iter().map(|row| row.position.line);
            blocks.extend(lines.map(|line| Block { lines: line..=line, heads: line..=line }));
        }
    }
    blocks
}

/// Returns the scenarios of a feature, each with the line of the rule that follows it.
fn scenarios_of(feature: &Feature) -> impl Iterator<Item = (&ast::Scenario, Option<u32>)> {
    let rule_after =
        |index: usize| feature.rules.get(index).map(|rule| first_line(&rule.tags, rule.position));
    let outside = feature.scenarios.iter().map(move |scenario| (scenario, rule_after(0)));
    let inside = feature.rules.iter().enumerate().flat_map(move |(index, rule)| {
        rule.scenarios.iter().map(move |scenario| (scenario, rule_after(index + 1)))
    });
    outside.chain(inside)
}

fn first_line(tags: &[Tag], keyword: Position) -> u32 {
    tags.first().map_or(keyword.line, |tag| tag.position.line)
}

/// Returns the last line before `next` that is neither blank nor a comment.
fn last_line_before(source: &[&str], next: u32) -> u32 {
    let end = source.len().min(next.saturating_sub(1) as usize);
    let is_content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let last = source[..end].iter().rposition(is_content).map_or(0, |index| index + 1);
    u32::try_from(last).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gherkin;

    const TEXT: &str = r#"Feature: f
  Background:
    Given b

  @tag
  # comment
  Scenario: one
    Given doc
      """
      # text

      """

  # trailing comment
  Scenario Outline: two <n>
    Given <n>

    Examples: first
      | n |
      | a |
      | b |
    @more
    Examples: second
      | n |
      | c |

  @rule
  Rule: r
    Background:
      Given c
    Scenario: three
      Given d
"#;

    fn names_at(lines: &[u32]) -> Result<Vec<String>, LineOutside> {
        let document = gherkin::parse("a.feature", TEXT).unwrap();
        let scenarios = gherkin::scenarios(&document);
        let found = scenarios_at(&document, scenarios, lines)?;
        Ok(found.into_iter().map(|scenario| scenario.name).collect())
    }

    #[test]
    fn every_line_of_a_scenario_selects_it() {
        for line in 5..=12 {
            assert_eq!(names_at(&[line]).unwrap(), ["one"], "{line}");
        }
        for line in 31..=32 {
            assert_eq!(names_at(&[line]).unwrap(), ["three"], "{line}");
        }
    }

    #[test]
    fn lines_of_an_outline_select_the_block_around_them() {
        for line in 15..=17 {
            assert_eq!(names_at(&[line]).unwrap(), ["two a", "two b", "two c"], "{line}");
        }
        for line in 18..=19 {
            assert_eq!(names_at(&[line]).unwrap(), ["two a", "two b"], "{line}");
        }
        for line in 22..=25 {
            assert_eq!(names_at(&[line]).unwrap(), ["two c"], "{line}");
        }
        assert_eq!(names_at(&[21]).unwrap(), ["two b"]);
    }

    #[test]
    fn line_outside_of_every_scenario_is_an_error() {
        for line in [0, 1, 2, 3, 4, 13, 14, 26, 27, 28, 29, 30, 33, 9999] {
            assert_eq!(names_at(&[line]).unwrap_err().line, line);
        }
    }

    #[test]
    fn error_names_the_scenario_before_the_line() {
        let nearest = names_at(&[31, 9999]).unwrap_err().nearest;
        assert_eq!(nearest, Some(("three".to_owned(), 31)));
    }
}
