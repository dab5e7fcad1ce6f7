use std::num::ParseIntError;
use std::str::FromStr;

use harmony_bdd::param;

#[param(name = "version", regex = r"v\d+", from_str)]
pub struct Version(u32);

impl FromStr for Version {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text[1..].parse().map(Self)
    }
}

fn main() {
    let _ = Version(0).0;
}
