//! Requests and responses between one server and one client at a time, over two ordinary buffers.
//!
//! The server creates and reads `{channel}_request`, the client creates and reads
//! `{channel}_response`. There is nothing else on the wire: no bytes of a request name its
//! response but its number. Servers of all implementations write exactly one response per request,
//! so that the n-th response answers the n-th request. A server of this crate binds them: a response
//! always has the number of its request. After a request without a response the next number is
//! skipped, which clients of this crate accept, and readers of the C++ and Python libraries report
//! as a sequence error instead of taking one response for another.
//!
//! Several clients at a time are outside the protocol: a request buffer has one writer, and no field
//! names the sender of a request. Use one channel per client.

mod client;
mod request_loop;
mod responder;
mod server;

pub use client::{DuplexClient, DuplexClientOptions};
pub use request_loop::{DuplexError, DuplexStats, HandlerError};
pub use responder::Responder;
pub use server::{DuplexServer, ProcessingMode, RunningServer, ServerHandle};

use crate::error::{Error, Result};
use crate::name::{BufferName, MAX_NAME_BYTES};

const REQUEST_SUFFIX: &str = "_request";
const RESPONSE_SUFFIX: &str = "_response";

/// Names of the two buffers of a channel.
#[derive(Clone, Debug)]
struct ChannelNames {
    channel: String,
    request: BufferName,
    response: BufferName,
}

impl ChannelNames {
    fn new(channel: &str) -> Result<Self> {
        let refused =
            |reason| Error::InvalidName { name: channel.to_owned(), length: channel.len(), reason };
        if channel.is_empty() {
            return Err(refused("it is empty"));
        }
        if channel.len() + RESPONSE_SUFFIX.len() > MAX_NAME_BYTES {
            return Err(refused("it is longer than 236 bytes"));
        }
        Ok(Self {
            channel: channel.to_owned(),
            request: BufferName::new(&format!("{channel}{REQUEST_SUFFIX}"))?,
            response: BufferName::new(&format!("{channel}{RESPONSE_SUFFIX}"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_name_leaves_room_for_the_longer_suffix() {
        let names = ChannelNames::new(&"x".repeat(236)).unwrap();
        assert_eq!(names.response.as_str().len(), MAX_NAME_BYTES);
        for bad in ["", &"x".repeat(237), "a/b", "nul\0"] {
            assert!(matches!(ChannelNames::new(bad), Err(Error::InvalidName { .. })), "{bad:?}");
        }
        let names = ChannelNames::new("calc").unwrap();
        assert_eq!(
            (names.request.as_str(), names.response.as_str()),
            ("calc_request", "calc_response")
        );
    }
}
