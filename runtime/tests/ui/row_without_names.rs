use harmony_bdd::TableRow;

#[derive(TableRow)]
struct Row(u32);

fn main() {
    let _ = Row(1).0;
}
