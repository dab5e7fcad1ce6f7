#[harmony_bdd::scenario("../../../../runtime/tests/bound/baskt.feature", "Apples and pears")]
fn apples_and_pears() {}

fn main() {
    apples_and_pears();
}
