#![no_implicit_prelude]

::core::include!("every_attribute.in");
