use harmony_bdd::{fixture, given};

#[derive(Default)]
struct World(u32);

#[fixture]
fn world() -> World {
    World(1)
}

#[given("a step")]
fn step(world: &mut World) {
    world.0 += 1;
}

#[given("another step")]
fn other(_world: &World) {}

fn main() {
    step(&mut world());
    other(&world());
}
