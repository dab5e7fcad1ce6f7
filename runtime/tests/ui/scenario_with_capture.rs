#[harmony_bdd::scenario("basket.feature", "Apples and pears")]
fn apples_and_pears(_count: usize) {}

fn main() {
    apples_and_pears(1);
}
