#[harmony_bdd::scenario("../../../../runtime/tests/bound/basket.feature", "Aples and pears")]
fn apples_and_pears() {}

fn main() {
    apples_and_pears();
}
