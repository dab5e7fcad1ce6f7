#[harmony_bdd::scenario("../../../../runtime/tests/bound/basket.feature", "Apples and pears")]
fn apples_and_pears(_count: usize) {}

fn main() {
    apples_and_pears(1);
}
