use harmony_bdd::when;

struct Refused;

#[when("a step", catch(Refused))]
fn step() -> Result<(), std::io::Error> {
    let _ = Refused;
    Ok(())
}

fn main() {
    let _ = step();
}
