#![allow(dead_code)]

type Result<T> = ::core::result::Result<T, ::std::string::String>;
pub struct Option;

::core::include!("every_attribute.in");
