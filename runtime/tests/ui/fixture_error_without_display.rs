use harmony_bdd::fixture;

struct Made;

#[fixture]
async fn made() -> Result<Made, ()> {
    Ok(Made)
}

fn main() {
    let _ = made();
}
