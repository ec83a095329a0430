//! The mask for `processing_date`, the only value in a response that differs between runs.

/// The field, in JSON or in a JSON string.
const FIELD: &str = "processing_date";

/// The replacement for its value.
const MASK: &str = "0000-00-00 00:00:00";

/// Replaces the date and time after each `processing_date`. Any other value stays, so it differs from the expected
/// response.
pub(crate) fn mask_processing_date(response: &str) -> String {
    let mut parts = response.split(FIELD);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(FIELD);
        let start = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        let end = start + MASK.len();
        match part.get(start..end) {
            Some(value) if is_date_and_time(value) => {
                masked.extend([&part[..start], MASK, &part[end..]]);
            }
            _ => masked.push_str(part),
        }
    }
    masked
}

fn is_date_and_time(value: &str) -> bool {
    value.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).eq(MASK.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_masked_in_json_and_in_a_json_string() {
        let json = r#"{"processing_date":"2026-03-12 21:03:58","code":0}"#;
        assert_eq!(mask_processing_date(json), r#"{"processing_date":"0000-00-00 00:00:00","code":0}"#);
        let string = r#"{"body":"{\"processing_date\":\"2026-03-12 21:03:58\"}"}"#;
        assert_eq!(
            mask_processing_date(string),
            r#"{"body":"{\"processing_date\":\"0000-00-00 00:00:00\"}"}"#
        );
    }

    #[test]
    fn other_values_are_not_masked() {
        for json in [
            r#"{"processing_date":"12.03.2026 21:03:58"}"#,
            r#"{"processing_date":null}"#,
            r#"{"time":"2026-03-12 21:03:58"}"#,
        ] {
            assert_eq!(mask_processing_date(json), json);
        }
    }
}
