//! Small functions on text and time that several rooms share: time stamps, durations, plurals, edit
//! distance, shell quoting, control characters, display width.
//!
//! Nothing here knows of scenarios or steps. This module imports nothing of this crate, and every
//! module may import it.

mod control;
mod duration;
mod edit_distance;
mod plural;
mod shell;
mod timestamp;
mod width;

pub(crate) use control::{ControlFilter, filter_control, single_line};
pub(crate) use duration::{format_duration, parse_duration};
pub(crate) use edit_distance::edit_distance;
pub(crate) use plural::pluralize;
pub(crate) use shell::shell_quote;
pub(crate) use timestamp::{format_timestamp_micros, format_timestamp_millis, parse_timestamp};
pub(crate) use width::{blank_of_same_width, cut_end, cut_middle, display_width, wrap};
