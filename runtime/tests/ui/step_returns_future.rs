use harmony_bdd::given;

#[given("a step")]
fn step() -> impl Future<Output = ()> {
    async {}
}

fn main() {}
