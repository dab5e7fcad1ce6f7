use std::str::FromStr;

use harmony_bdd::param;

#[param(name = "shade", regex = "light|dark", from_str)]
pub enum Shade {
    #[text("bright")]
    Light,
    Dark,
}

impl FromStr for Shade {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            _ => Err(format!("{text} is not a shade")),
        }
    }
}

fn main() {
    let _ = (Shade::Light, Shade::Dark);
}
