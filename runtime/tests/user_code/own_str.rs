#![allow(dead_code, non_camel_case_types)]

pub struct str;

::core::include!("every_attribute.in");
