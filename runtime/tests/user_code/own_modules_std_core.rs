#![allow(dead_code)]

mod std {}
mod core {}
mod alloc {}
mod inventory {}
mod macro_support {}

::core::include!("every_attribute.in");
