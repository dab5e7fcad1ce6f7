#![allow(dead_code, unused_imports)]

pub enum Status {
    Ok,
    Err,
    Some,
    None,
}
use Status::*;

::core::include!("every_attribute.in");
