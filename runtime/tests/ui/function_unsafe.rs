use harmony_bdd::given;

#[given("a step")]
unsafe fn step() {}

fn main() {
    unsafe { step() };
}
