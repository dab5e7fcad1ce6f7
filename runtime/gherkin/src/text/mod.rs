//! Small functions on text that `harmony-bdd` shares: plurals, edit distance, control characters, display width.
//!
//! Nothing here knows of scenarios or steps.

mod control;
mod edit_distance;
mod plural;
mod width;

pub use control::{ControlFilter, filter_control, single_line};
pub use edit_distance::edit_distance;
pub use plural::pluralize;
pub use width::{blank_of_same_width, cut_end, cut_middle, display_width, wrap};
