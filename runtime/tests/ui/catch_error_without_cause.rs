use harmony_bdd::when;

#[when("a step", catch(std::io::Error))]
fn step() -> Result<(), std::num::ParseIntError> {
    Ok(())
}

fn main() {
    let _ = step();
}
