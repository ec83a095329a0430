//! The header `Idempotency-Key`.

use contacts_core::domain::{IdempotencyKey, ValidationError};
use lambda_http::Request;

/// The name of the header.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The key of a request, if it has one.
///
/// # Errors
/// Fails if the header is no key, or is there twice.
pub(super) fn of_request(request: &Request) -> Result<Option<IdempotencyKey>, ValidationError> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| ValidationError::IdempotencyKey)?;
            IdempotencyKey::parse(text).map(Some)
        }
        (Some(_), Some(_)) => Err(ValidationError::IdempotencyKey),
    }
}
