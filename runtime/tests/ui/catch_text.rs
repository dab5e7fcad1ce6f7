use harmony_bdd::when;

type Fallible = Result<(), String>;

#[when("a step", catch(std::fmt::Error))]
async fn step() -> Fallible {
    Ok(())
}

fn main() {
    let _ = step();
}
