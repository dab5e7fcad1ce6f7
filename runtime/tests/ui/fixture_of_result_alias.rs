use harmony_bdd::fixture;

#[derive(Default)]
struct World;

type Fallible = Result<World, String>;

#[fixture(override_default)]
fn world() -> Fallible {
    Ok(World)
}

fn main() {
    let _ = world();
}
