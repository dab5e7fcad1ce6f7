//! The response to `executeStep`: [`encode`] writes it, [`decode`] reads it, [`binding`] checks it against
//! the types of the reference runner.

pub mod binding;
pub mod decode;
pub mod encode;
