use harmony_bdd::given;

#[derive(Default)]
struct World;

#[given("a step")]
fn step(_world: World) {}

fn main() {
    step(World);
}
