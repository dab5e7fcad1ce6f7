//! Cucumber Messages: a line of JSON for each fact about a run, for every tool that reads them.
//!
//! Names of fields and required fields follow the schema of @cucumber/messages 34. `writer` holds the
//! report; each of the other files writes one family of messages.

pub(super) mod base64;
mod cases;
mod ci;
mod documents;
mod groups;
mod library_ids;
mod lines;
mod nodes;
mod pickles;
mod planned;
mod result_message;
mod results;
mod scenarios;
mod sources;
mod stream;
mod test_case;
mod writer;

pub(super) use base64::encode as base64;
pub(super) use ci::ci;
pub use stream::Messages;
