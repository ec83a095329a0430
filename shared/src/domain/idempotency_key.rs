//! Idempotency keys: a request that is sent again with its key is the same operation (docs/api.md, "Idempotency keys").

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::validation::ValidationError;

/// How long a caller's key is kept.
const LIFETIME_OF_A_HEADER: Duration = Duration::from_hours(24);

/// How long the id of a message or an event is kept: the longest time for which SQS keeps a message ("Amazon SQS message
/// quotas").
const LIFETIME_OF_A_MESSAGE: Duration = Duration::from_hours(14 * 24);

/// A key that is unique to the tenant and the operation. Keys of different origins never coincide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    text: String,
    lifetime: Duration,
}

impl IdempotencyKey {
    /// Reads the value of the header `Idempotency-Key`: 1 to 255 visible ASCII characters, with or without the quotes of a
    /// structured header (RFC 8941, section 3.3.3); fails with [`ValidationError::IdempotencyKey`].
    pub fn parse(header: &str) -> Result<Self, ValidationError> {
        let key = match header.strip_prefix('"') {
            Some(rest) => unescaped(rest.strip_suffix('"').ok_or(ValidationError::IdempotencyKey)?)?,
            None => header.to_owned(),
        };
        let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_visible || !(1..=255).contains(&key.len()) {
            return Err(ValidationError::IdempotencyKey);
        }
        Ok(Self { text: format!("header {key}"), lifetime: LIFETIME_OF_A_HEADER })
    }

    /// The key of a message of SQS, by its message id.
    #[must_use]
    pub fn of_message(id: &str) -> Self {
        Self { text: format!("message {id}"), lifetime: LIFETIME_OF_A_MESSAGE }
    }

    /// The key of an event of EventBridge, by its id.
    #[must_use]
    pub fn of_event(id: &str) -> Self {
        Self { text: format!("event {id}"), lifetime: LIFETIME_OF_A_MESSAGE }
    }

    /// The key with its origin, as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How long it is kept.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

/// The characters of a structured string, in which quotes and backslashes are escaped.
fn unescaped(quoted: &str) -> Result<String, ValidationError> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Err(ValidationError::IdempotencyKey),
            '\\' => match characters.next() {
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                _ => return Err(ValidationError::IdempotencyKey),
            },
            other => text.push(other),
        }
    }
    Ok(text)
}

/// The SHA-256 of a request's body. Bodies are compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyDigest(String);

impl BodyDigest {
    /// The digest of a body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(hex::encode(Sha256::digest(body)))
    }

    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_1_to_255_visible_characters_in_quotes_or_not() {
        let key = IdempotencyKey::parse("a-b_1").unwrap();
        assert_eq!(IdempotencyKey::parse("\"a-b_1\"").unwrap(), key);
        assert_eq!(IdempotencyKey::parse(r#""\"\\""#).unwrap().as_str(), r#"header "\"#);
        assert!(IdempotencyKey::parse(&"x".repeat(255)).is_ok());
        assert!(IdempotencyKey::parse(&format!("\"{}\"", "x".repeat(255))).is_ok());
        for bad in [
            "",
            "\"\"",
            "a b",
            "\"a b\"",
            "\"a",
            "\"",
            "\"a\"b\"",
            r#""\a""#,
            r#""\""#,
            "é",
            "a\t",
            &"x".repeat(256),
        ] {
            assert_eq!(IdempotencyKey::parse(bad), Err(ValidationError::IdempotencyKey), "{bad:?}");
        }
    }

    #[test]
    fn key_is_kept_for_a_day_or_as_long_as_sqs_keeps_a_message() {
        let day = 24 * 60 * 60;
        assert_eq!(IdempotencyKey::parse("1").unwrap().lifetime().as_secs(), day);
        assert_eq!(IdempotencyKey::of_message("1").lifetime().as_secs(), 14 * day);
        assert_eq!(IdempotencyKey::of_event("1").lifetime().as_secs(), 14 * day);
    }

    #[test]
    fn keys_of_different_origins_differ() {
        let header = IdempotencyKey::parse("1").unwrap();
        let (message, event) = (IdempotencyKey::of_message("1"), IdempotencyKey::of_event("1"));
        assert!(header.as_str() != message.as_str() && message.as_str() != event.as_str());
    }
}
