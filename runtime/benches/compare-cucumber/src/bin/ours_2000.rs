//! This project's side with 2000 definitions.

use harmony_bdd::given;

include!(concat!(env!("OUT_DIR"), "/steps_2000.rs"));

harmony_bdd::main!();
