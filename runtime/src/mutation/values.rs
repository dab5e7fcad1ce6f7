//! Other values for a captured one.

use std::ops::Range;

/// Returns the range without the quotes around it, if the captured text has them.
pub(super) fn without_quotes(text: &str, range: &Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let is_quoted = value.len() >= 2
        && ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
    if is_quoted { range.start + 1..range.end - 1 } else { range.clone() }
}

/// Returns true if `value` is a whole or decimal number.
pub(super) fn is_number(value: &str) -> bool {
    value.parse::<i128>().is_ok() || decimals_of(value).is_some()
}

/// Returns values other than `value`, the best one first: a number off by one and zero, or for a text
/// the `known` values of the same capture and then a changed text.
pub(super) fn other_values(value: &str, known: &[String]) -> Vec<String> {
    let mut values = match (value.parse::<i128>(), decimals_of(value)) {
        (Ok(number), _) => vec![number.saturating_add(1).to_string(), "0".to_owned()],
        (_, Some(decimals)) => {
            let number: f64 = value.parse().unwrap_or_default();
            vec![format!("{:.decimals$}", number + 1.0), format!("{:.decimals$}", 0.0)]
        }
        _ => known.iter().cloned().chain([changed_text(value)]).collect(),
    };
    values.retain(|other| other != value);
    values
}

/// Returns the number of decimals of a decimal number.
fn decimals_of(value: &str) -> Option<usize> {
    let is_plain = value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let (_, decimals) = value.split_once('.')?;
    (is_plain && value.parse::<f64>().is_ok_and(f64::is_finite)).then_some(decimals.len())
}

/// Returns a text of the same form: its first number off by one, or a letter more.
fn changed_text(value: &str) -> String {
    let Some(start) = value.find(|c: char| c.is_ascii_digit()) else { return format!("{value}x") };
    let length = value[start..].find(|c: char| !c.is_ascii_digit());
    let end = length.map_or(value.len(), |length| start + length);
    match value[start..end].parse::<u64>().ok().and_then(|number| number.checked_add(1)) {
        Some(number) => format!("{}{number}{}", &value[..start], &value[end..]),
        None => format!("{value}x"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_number_is_off_by_one_and_zero() {
        assert_eq!(other_values("7", &[]), ["8", "0"]);
        assert_eq!(other_values("0", &[]), ["1"]);
        assert_eq!(other_values("-1", &[]), ["0", "0"]);
    }

    #[test]
    fn decimal_number_keeps_its_decimals() {
        assert_eq!(other_values("2.50", &[]), ["3.50", "0.00"]);
    }

    #[test]
    fn text_becomes_a_known_value_or_one_of_the_same_form() {
        assert_eq!(other_values("red", &["blue".to_owned(), "red".to_owned()]), ["blue", "redx"]);
        assert_eq!(other_values("75%", &[]), ["76%"]);
        assert_eq!(other_values("", &[]), ["x"]);
    }

    #[test]
    fn quotes_are_not_part_of_the_value() {
        assert_eq!(without_quotes("a 'b' c", &(2..5)), 3..4);
        assert_eq!(without_quotes("a 5 c", &(2..3)), 2..3);
        assert_eq!(without_quotes("''", &(0..2)), 1..1);
    }
}
