use harmony_bdd::given;

struct Steps;

impl Steps {
    #[given("a step")]
    fn step() {}
}

fn main() {
    Steps::step();
}
