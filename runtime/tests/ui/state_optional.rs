use harmony_bdd::given;

#[derive(Default)]
struct World;

#[given("a step")]
fn step(_world: Option<&mut World>) {}

fn main() {
    step(Some(&mut World));
}
