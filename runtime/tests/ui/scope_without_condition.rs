use harmony_bdd::given;

#[given("a basket", scope())]
fn basket() {}

fn main() {
    basket();
}
