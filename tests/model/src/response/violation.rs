//! What a response violates, and the checks that several responses share.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::ids::MAX_ID;

/// A rule of the contract that a response breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Violation(String);

impl Violation {
    /// A violation that a report describes so.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Reads a response whose fields are exactly those of `T`.
pub(super) fn read<T: DeserializeOwned>(response: &str) -> Result<T, Violation> {
    serde_json::from_str(response).map_err(|error| Violation::new(format!("{error} in {response}")))
}

/// Fails with `text` unless the condition holds.
pub(super) fn ensure(holds: bool, text: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation(text())) }
}

/// An error message names what is wrong in one sentence (contract: "Upsert"). It must be short enough for
/// 10,000 of them to fit into one response.
pub(super) fn check_message(message: &str) -> Result<(), Violation> {
    let is_short = (1..=400).contains(&message.chars().count());
    ensure(is_short && !message.chars().any(char::is_control), || format!("not one sentence: {message:?}"))
}

/// A `link_id` is a UUID (contract: "Words"), which responses have hyphenated and in lower case.
pub(super) fn check_link_id(link_id: &str) -> Result<(), Violation> {
    let shape: String =
        link_id.chars().map(|one| if matches!(one, '0'..='9' | 'a'..='f') { 'x' } else { one }).collect();
    ensure(shape == "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", || format!("not a UUID: {link_id}"))
}

/// An id is an integer from 1 to 2^53-1 (contract: "Words").
pub(super) fn check_id(id: u64) -> Result<(), Violation> {
    ensure((1..=MAX_ID).contains(&id), || format!("not an id: {id}"))
}

/// Reads a field that may be missing and must not be `null`.
pub(super) fn not_null<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
