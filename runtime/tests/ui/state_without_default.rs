use harmony_bdd::given;

struct World(u32);

#[given("a step")]
fn step(world: &mut World) {
    world.0 += 1;
}

fn main() {
    step(&mut World(0));
}
