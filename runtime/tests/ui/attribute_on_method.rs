use harmony_bdd::given;

struct World;

impl World {
    #[given("a step")]
    fn step(&mut self) {}
}

fn main() {
    World.step();
}
