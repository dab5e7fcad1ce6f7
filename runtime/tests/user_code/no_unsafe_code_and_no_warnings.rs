#![forbid(unsafe_code)]
#![deny(warnings, unused_qualifications, unused_results, elided_lifetimes_in_paths)]
#![deny(let_underscore_drop, single_use_lifetimes, trivial_casts)]
#![allow(unreachable_pub)]
#![allow(dead_code)]

::core::include!("every_attribute.in");
