//! The wire format: frames on a byte stream, JSON-RPC messages in them, and the parameters and results
//! of the Harmony methods.
//!
//! It starts no process and decides nothing: it converts between bytes and plain data, and names the
//! rules of the reference runner that a message breaks.

mod charset;
mod dotnet;
mod frame_error;
mod frame_header;
pub mod framing;
pub mod jsonrpc;
pub mod members;
pub mod methods;
pub mod response;
pub mod step_response;
pub mod step_timeout;
pub mod violation;
