#[harmony_bdd::scenario("baskt.feature", "Apples and pears")]
fn apples_and_pears() {}

fn main() {
    apples_and_pears();
}
