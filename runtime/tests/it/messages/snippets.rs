#[given("a snippet of plain text")]
fn a_snippet_of_plain_text() -> harmony_bdd::Outcome {
    harmony_bdd::Outcome::pending("not written yet")
}

#[when(expr = r#"snippet {string} costs {int} \(or {float}\) and\/or {string}"#)]
fn snippet_costs_or_and_or(text: String, number: i64, fraction: f64, text_2: String) -> harmony_bdd::Outcome {
    harmony_bdd::Outcome::pending("not written yet")
}

#[then(expr = r#"snippet: it's 3rd, {int} % über \\ "quoted"#)]
fn snippet_it_s_3rd_über_quoted(number: i64, table: &harmony_bdd::DataTable) -> harmony_bdd::Outcome {
    harmony_bdd::Outcome::pending("not written yet")
}

#[then(expr = "snippet ends with $")]
fn snippet_ends_with(doc_string: &harmony_bdd::DocString) -> harmony_bdd::Outcome {
    harmony_bdd::Outcome::pending("not written yet")
}

#[given("fn")]
fn step_fn() -> harmony_bdd::Outcome {
    harmony_bdd::Outcome::pending("not written yet")
}
