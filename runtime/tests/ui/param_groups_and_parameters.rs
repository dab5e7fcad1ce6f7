use harmony_bdd::param;

#[param(name = "point", regex = r"(\d+),(\d+)")]
fn point(_text: &str) -> (u32, u32) {
    (0, 0)
}

fn main() {
    point("");
}
