use harmony_bdd::given;

#[derive(Debug)]
struct Silent;

#[given("a step")]
fn step() -> Result<(), Silent> {
    Err(Silent)
}

fn main() {
    let _ = step();
}
