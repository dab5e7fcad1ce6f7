use harmony_bdd::fixture;

#[fixture]
fn child() -> std::process::Child {
    unreachable!()
}

fn main() {}
