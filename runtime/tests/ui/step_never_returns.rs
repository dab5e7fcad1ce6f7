use harmony_bdd::given;

#[given("a step")]
fn step() -> ! {
    panic!()
}

fn main() {}
