//! This project's side with 100 definitions.

use harmony_bdd::given;

include!(concat!(env!("OUT_DIR"), "/steps_100.rs"));

harmony_bdd::main!();
