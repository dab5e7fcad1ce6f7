#![allow(unused_imports)]

use std::fmt::Result;

::core::include!("every_attribute.in");
