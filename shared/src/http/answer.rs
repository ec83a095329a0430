//! Every answer that isn't a success, in one place, and what all answers have in common.

use lambda_http::{
    Body, Response,
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;

use crate::{
    body::{DeletedContacts, WrongBody},
    domain::Right,
    operation::Failure,
    store::StoreError,
    telemetry::Counts,
};

/// The header that carries the request id, which the log has too.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// After how many seconds it is worth trying again what the store had no room for.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

/// Why a request was not carried out (contract: the tables under "Upsert" and "Both").
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// No token, or none that is good for this.
    #[error("Log In")]
    LogIn,
    /// A good token that may not do this.
    #[error("the token lacks the right `{0}`")]
    RightMissing(Right),
    /// No such path.
    #[error("no such route; there are POST /contacts, POST /contacts/delete and DELETE /contacts")]
    NoSuchRoute,
    /// The path, but not the method.
    #[error("no such method here; there is {allowed}")]
    NoSuchMethod {
        /// The methods that there are.
        allowed: String,
    },
    /// The operation failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<WrongBody> for ApiError {
    fn from(error: WrongBody) -> Self {
        Self::Failed(error.into())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl ApiError {
    fn status(&self) -> StatusCode {
        fn of(failure: &Failure) -> StatusCode {
            match failure {
                Failure::WrongBody(_) => StatusCode::BAD_REQUEST,
                Failure::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
                Failure::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
                Failure::DeletedInPart(_, failure) => of(failure),
            }
        }
        match self {
            Self::LogIn => StatusCode::UNAUTHORIZED,
            Self::RightMissing(_) => StatusCode::FORBIDDEN,
            Self::NoSuchRoute => StatusCode::NOT_FOUND,
            Self::NoSuchMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Failed(failure) => of(failure),
        }
    }

    /// What the log says about an error that isn't the caller's.
    pub(super) fn cause(&self) -> Option<String> {
        match self {
            Self::Failed(failure) => failure.cause(),
            _ => None,
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::LogIn => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::NoSuchMethod { allowed } => Some((ALLOW, HeaderValue::from_str(allowed).ok()?)),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, RETRY_AFTER_SECONDS)),
            _ => None,
        }
    }
}

/// An answer, short of what all have in common.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) counts: Counts,
    header: Option<(HeaderName, HeaderValue)>,
    body: String,
}

impl Answer {
    /// An answer with this body.
    pub(super) fn new(status: u16, counts: Counts, body: &impl Serialize) -> Self {
        // Serialising to a string fails only where a `Serialize` of one's own does, or a map has keys
        // that aren't strings; no body here has either.
        let body = serde_json::to_string(body).unwrap_or_default();
        Self { status, counts, header: None, body }
    }

    /// The response that API Gateway hands on.
    pub(super) fn into_response(self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(Body::Text(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
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

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        let deleted_contacts = match &error {
            ApiError::Failed(Failure::DeletedInPart(contacts, _)) => Some(contacts),
            _ => None,
        };
        let deleted = deleted_contacts.map_or(0, |contacts| contacts.0.len());
        let body = ErrorBody { error: error.to_string(), deleted_contacts };
        let counts = Counts { deleted, ..Counts::default() };
        Self { header: error.header(), ..Self::new(error.status().as_u16(), counts, &body) }
    }
}
