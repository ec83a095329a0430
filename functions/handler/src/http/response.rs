//! Responses: status, headers and body of every result and error.

use lambda_http::{
    Body, Response,
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;

use crate::{
    body::DeletedContacts,
    error::{Interruption, OperationError},
    pipeline::OperationResult,
};

/// The header of the request id, which the log has too.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The seconds to wait before a retry, when the store was unavailable.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

/// A response without the headers that all responses have.
pub(super) struct HttpResponse {
    pub(super) status: StatusCode,
    header: Option<(HeaderName, HeaderValue)>,
    body: String,
}

impl HttpResponse {
    fn new(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body);
        let body = body.expect("bodies have only derived `Serialize` implementations and string keys");
        Self { status, header: None, body }
    }

    /// The response with all headers.
    pub(super) fn build(self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(Body::Text(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Lambda's request ids are UUIDs. A direct invoke that imitates API Gateway's event can't change them.
        headers.extend(HeaderValue::from_str(request_id).map(|id| (REQUEST_ID, id)));
        headers.extend(self.header);
        response
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_contacts: Option<&'a DeletedContacts>,
}

impl From<&Result<OperationResult<'_>, OperationError>> for HttpResponse {
    fn from(result: &Result<OperationResult<'_>, OperationError>) -> Self {
        match result {
            Ok(OperationResult::Upsert(answer)) => Self::new(StatusCode::OK, answer),
            Ok(OperationResult::Delete(answer)) => Self::new(answer.status(), answer),
            Err(error) => {
                let body = ErrorBody { error: error.to_string(), deleted_contacts: error.deleted() };
                Self { header: header(error), ..Self::new(status(error), &body) }
            }
        }
    }
}

/// The status of an error (docs/api.md, "Create or update contacts" and "Answers that both have").
fn status(error: &OperationError) -> StatusCode {
    match error {
        OperationError::NoSuchRoute => StatusCode::NOT_FOUND,
        OperationError::NoSuchMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
        OperationError::Unauthorized => StatusCode::UNAUTHORIZED,
        OperationError::RightMissing(_) => StatusCode::FORBIDDEN,
        OperationError::InvalidKey(_) | OperationError::InvalidBody(_) => StatusCode::BAD_REQUEST,
        OperationError::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        OperationError::Interrupted(interruption) | OperationError::PartialDelete { interruption, .. } => {
            match interruption {
                Interruption::DeadlineExceeded(_) | Interruption::StoreUnavailable(_) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
                Interruption::StoreFailed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }
    }
}

fn header(error: &OperationError) -> Option<(HeaderName, HeaderValue)> {
    match error {
        OperationError::Unauthorized => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        OperationError::NoSuchMethod { allowed } => {
            let methods = HeaderValue::from_str(allowed).expect("names of methods are visible ASCII");
            Some((ALLOW, methods))
        }
        _ if status(error) == StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, RETRY_AFTER_SECONDS)),
        _ => None,
    }
}
