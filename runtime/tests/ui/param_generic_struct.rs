use harmony_bdd::param;

#[param(name = "pair", regex = "a pair")]
struct Pair<T>(T);

fn main() {}
