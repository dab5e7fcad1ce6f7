//! Options that select and order scenarios, shared by `run` and `harmony`.

use std::path::PathBuf;

use regex::Regex;

use super::default_features::with_default_features;
use super::value_parsers::{parse_path, parse_regex, parse_seed};
use crate::local::{SelectOptions, Shard};
use crate::tag_expression::TagExpression;

/// The selection of scenarios.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(in crate::cli) struct SelectionSettings {
    /// Only scenarios matching a tag expression, e.g. '@a and not (@b or @c)' (repeatable)
    #[arg(long, short, value_name = "EXPR")]
    tags: Vec<TagExpression>,
    /// Only scenarios whose name matches REGEX (repeatable)
    #[arg(long, short, value_name = "REGEX", value_parser = parse_regex)]
    name: Vec<Regex>,
    /// Only scenarios listed in a rerun file
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) rerun: Option<PathBuf>,
    /// Run the I-th of N shards
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Shuffle scenarios; SEED is a number or `random`
    #[arg(long, value_name = "SEED", value_parser = parse_seed)]
    pub(in crate::cli) shuffle: Option<u64>,
}

impl SelectionSettings {
    /// Returns the options of the selection, with the selectors of the command line.
    pub(in crate::cli) fn select_options(&self, selectors: &[String]) -> SelectOptions {
        let selectors = selectors.to_vec();
        SelectOptions {
            selectors: match self.rerun {
                // The file names the paths.
                Some(_) => selectors,
                None => with_default_features(selectors),
            },
            rerun: self.rerun.clone(),
            tags: self.tags.clone(),
            names: self.name.clone(),
            shuffle: self.shuffle,
            shard: self.shard,
            keep_documents: false,
        }
    }
}
