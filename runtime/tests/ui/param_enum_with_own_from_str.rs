use std::str::FromStr;

use harmony_bdd::{given, param};

#[param(name = "switch", regex = "on|off")]
pub enum Switch {
    On,
    Off,
}

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "on" => Ok(Self::On),
            _ => Ok(Self::Off),
        }
    }
}

#[given(expr = "the light is {switch}")]
fn light(_switch: Switch) {}

fn main() {}
