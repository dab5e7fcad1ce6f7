//! Small functions on text and time that several rooms share: time stamps, durations, shell quoting; and
//! those of the parser: plurals, edit distance, control characters, display width.
//!
//! Nothing here knows of scenarios or steps. This module imports nothing of this crate, and every
//! module may import it.

mod duration;
mod shell;
mod timestamp;

pub(crate) use duration::{format_duration, parse_duration};
pub(crate) use harmony_bdd_gherkin::text::{
    ControlFilter, blank_of_same_width, cut_end, cut_middle, display_width, edit_distance,
    filter_control, pluralize, single_line, wrap,
};
pub(crate) use shell::shell_quote;
pub(crate) use timestamp::{format_timestamp_micros, format_timestamp_millis, parse_timestamp};
