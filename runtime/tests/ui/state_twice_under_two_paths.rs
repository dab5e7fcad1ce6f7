use harmony_bdd::given;

#[derive(Default)]
struct World;

#[given("a step")]
fn step(_one: &mut World, _other: &crate::World) {}

fn main() {
    step(&mut World, &World);
}
