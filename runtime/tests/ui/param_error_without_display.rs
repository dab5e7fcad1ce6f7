use harmony_bdd::param;

#[param(name = "colour", regex = "red|blue")]
fn colour(_text: &str) -> Result<u32, ()> {
    Ok(0)
}

fn main() {
    let _ = colour("");
}
