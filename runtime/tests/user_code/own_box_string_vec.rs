#![allow(dead_code)]

pub struct Box;
pub struct String;
pub struct Vec;
pub struct Regex;
pub struct Body;
pub struct Tag;

::core::include!("every_attribute.in");
