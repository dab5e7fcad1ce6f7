//! A message as one line, for people.

/// Returns a message without the members that every message has.
pub(super) fn abbreviate(body: &str) -> String {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(body) else { return body.to_owned() };
    if let Some(method) = value["method"].as_str() {
        let argument = &value["params"][0];
        return match argument["Step"].as_str() {
            Some(step) => format!("{} {method} {step}", value["id"]),
            None => format!("{} {method}", value["id"]),
        };
    }
    let result = value.get("result").or_else(|| value.get("error"));
    let result = result.map(|result| match result.as_object() {
        Some(object) => object
            .iter()
            .filter(|(name, value)| {
                !value.is_null()
                    && !matches!(name.to_ascii_lowercase().as_str(), "logs" | "context")
            })
            .map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>()
            .join(", "),
        None => result.to_string(),
    });
    format!("{} {}", value["id"], result.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_one_line() {
        let request =
            r#"{"jsonrpc":"2.0","id":4,"method":"executeStep","params":[{"Step":"it goes"}]}"#;
        assert_eq!(abbreviate(request), "4 executeStep it goes");
        assert_eq!(abbreviate(r#"{"id":2,"method":"health","params":[]}"#), "2 health");
        let reply = r#"{"id":4,"result":{"success":false,"error":"why","context":{},"logs":[]}}"#;
        assert_eq!(abbreviate(reply), r#"4 success: false, error: "why""#);
        assert_eq!(abbreviate(r#"{"id":2,"result":true}"#), "2 true");
        assert_eq!(abbreviate("garbage"), "garbage");
    }
}
