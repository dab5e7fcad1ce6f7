use harmony_bdd::TableRow;

#[derive(TableRow)]
struct Row {
    full_name: String,
    #[column("Full name")]
    name: String,
}

fn main() {}
