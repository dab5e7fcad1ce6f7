use harmony_bdd::{given, when};

trait Steps {
    #[given("a step")]
    #[when("another step")]
    fn step() {}
}

struct Implementation;

impl Steps for Implementation {}

fn main() {
    Implementation::step();
}
