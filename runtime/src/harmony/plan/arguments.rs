//! Splitting the arguments of a platform that are one string.

/// Splits an argument string as .NET does: at blanks, except between double quotes; a backslash before a
/// quote makes it an ordinary character.
pub(super) fn split_arguments(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut current: Option<String> = None;
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let mut backslashes = 1;
                while characters.next_if_eq(&'\\').is_some() {
                    backslashes += 1;
                }
                let argument = current.get_or_insert_default();
                if characters.peek() == Some(&'"') {
                    argument.extend(std::iter::repeat_n('\\', backslashes / 2));
                    if backslashes % 2 == 1 {
                        characters.next();
                        argument.push('"');
                    }
                } else {
                    argument.extend(std::iter::repeat_n('\\', backslashes));
                }
            }
            '"' => {
                if quoted && characters.next_if_eq(&'"').is_some() {
                    current.get_or_insert_default().push('"');
                } else {
                    quoted = !quoted;
                    current.get_or_insert_default();
                }
            }
            ' ' | '\t' if !quoted => arguments.extend(current.take()),
            other => current.get_or_insert_default().push(other),
        }
    }
    arguments.extend(current);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_as_dotnet_splits_them() {
        let split = |text| split_arguments(text).join("|");
        assert_eq!(split("-m zerobuffer_serve"), "-m|zerobuffer_serve");
        assert_eq!(split(" a  \t b "), "a|b");
        assert_eq!(split(r#"run "a b" c"d e"f"#), "run|a b|cd ef");
        assert_eq!(split(r#"a "" b"#), "a||b");
        assert_eq!(split(r#""say ""hi""" x"#), "say \"hi\"|x");
        assert_eq!(split(r#"a\b \"q\" "c\\""#), r#"a\b|"q"|c\"#);
        assert_eq!(split(""), "");
    }
}
