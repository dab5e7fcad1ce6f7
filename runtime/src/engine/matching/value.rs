//! Values in the text of a step: quoted texts and numbers.

/// Returns the length in bytes of the value at the start of `rest`, or 0 if there is none.
pub(super) fn value_length(rest: &str, before: Option<char>) -> usize {
    let first = rest.chars().next().unwrap_or(' ');
    if before.is_some_and(char::is_alphanumeric) {
        // The apostrophe of "it's" and the digits of "utf8" are part of a word.
        return 0;
    }
    if matches!(first, '"' | '\'') {
        return rest[1..].find(first).map_or(0, |end| end + 2);
    }
    let sign = usize::from(matches!(first, '-' | '+'));
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(sign);
    if whole == 0 {
        return 0;
    }
    let mut end = sign + whole;
    if rest[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    let ends_word = !rest[end..].chars().next().is_some_and(char::is_alphanumeric);
    if ends_word { end } else { 0 }
}
