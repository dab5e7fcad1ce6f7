#[harmony_bdd::scenario("basket.feature", "Aples and pears")]
fn apples_and_pears() {}

fn main() {
    apples_and_pears();
}
