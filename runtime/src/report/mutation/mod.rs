//! Findings of a mutation campaign: as text, as JSON, as a page with the source of the features, and as
//! attachments of the steps in the other reports.
//!
//! Imports between the files go one way: `text`, `json` and `page` -> `selector`, `words`; `attachments` imports
//! none of them.

mod attachments;
mod json;
mod page;
mod selector;
mod text;
mod words;

pub use attachments::events_with_findings;
pub use json::{UnreadableFindings, findings_to_json, unnoticed_ids};
pub use page::findings_page;
pub use selector::MutantCommand;
pub use text::findings_text;
