//! Small functions on text and time that several rooms share: time stamps, plurals, edit
//! distance, shell quoting, control characters, display width.
//!
//! Nothing here knows of scenarios or steps. This module imports nothing of this crate, and every
//! module may import it.

mod control;
mod edit_distance;
mod plural;
mod shell;
mod timestamp;
mod width;

pub(crate) use control::{ControlFilter, filter_control, single_line};
pub(crate) use edit_distance::edit_distance;
pub(crate) use plural::pluralize;
pub(crate) use shell::shell_quote;
pub(crate) use timestamp::{format_timestamp_micros, format_timestamp_millis, parse_timestamp};
pub(crate) use width::{blank_of_same_width, display_width};
