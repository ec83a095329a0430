//! Why a delete was refused (docs/api.md, "Delete contacts of an account").

use contacts_core::{delete::DeleteError, json::ValueError};
use lambda_http::http::StatusCode;
use serde::Serialize;

use super::{error_code::ErrorCode, mode::NO_ANSWER_TO_VALIDATE};

/// Why a delete was refused, with the errors of single params.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteProblem {
    code: ProblemCode,
    details: Vec<Detail>,
}

/// A row of the contract's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProblemCode {
    ValidationFailed,
    NoContacts,
    TooManyContacts,
    NotFound,
    NotAllFound,
}

impl ProblemCode {
    /// The text, the code and the HTTP status.
    pub(super) fn row(self) -> (&'static str, u8, StatusCode) {
        match self {
            Self::ValidationFailed => ("validation failed", 1, StatusCode::BAD_REQUEST),
            Self::NoContacts => ("no contacts in the request", 2, StatusCode::BAD_REQUEST),
            // The contract spells it so.
            Self::TooManyContacts => ("to many contacts in the request", 3, StatusCode::BAD_REQUEST),
            Self::NotFound => ("contacts not found", 4, StatusCode::NOT_FOUND),
            Self::NotAllFound => ("not all contacts found", 5, StatusCode::NOT_FOUND),
        }
    }
}

/// The error of a param.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Detail {
    param: String,
    error: String,
    code: ErrorCode,
}

impl Detail {
    pub(super) fn new(param: impl Into<String>, code: ErrorCode, error: impl Into<String>) -> Self {
        Self { param: param.into(), error: error.into(), code }
    }

    /// The detail of a value that can't be read.
    pub(super) fn of(param: impl Into<String>, error: &ValueError) -> Self {
        Self::new(param, error.into(), error.to_string())
    }
}

/// The account params, in a detail.
pub(super) const ACCOUNT: &str = "account_id, account_code, account_name";

const TOO_LARGE: &str = "must be fewer: what is stored about these does not fit into one answer";

impl DeleteProblem {
    pub(super) fn new(code: ProblemCode, details: Vec<Detail>) -> Self {
        Self { code, details }
    }

    pub(super) fn is_validation_failure(&self) -> bool {
        self.code == ProblemCode::ValidationFailed
    }

    /// The problem of a request for a tenant that doesn't exist.
    #[must_use]
    pub fn unknown_tenant() -> Self {
        let detail = Detail::new("tenant", ErrorCode::NotFound, "must name a tenant that exists");
        Self::new(ProblemCode::ValidationFailed, vec![detail])
    }

    /// The problem of a message or an event that asks to be validated only.
    #[must_use]
    pub fn nothing_to_apply() -> Self {
        let detail = Detail::new("validate_only", ErrorCode::InvalidValue, NO_ANSWER_TO_VALIDATE);
        Self::new(ProblemCode::ValidationFailed, vec![detail])
    }

    /// The problem that an error of the use case stands for.
    ///
    /// # Errors
    /// Returns an error that the contract's table doesn't have.
    pub fn of(error: DeleteError) -> Result<Self, DeleteError> {
        let (code, detail) = match error {
            DeleteError::Store(_) | DeleteError::KeyReused => return Err(error),
            DeleteError::UnknownAccount => (
                ProblemCode::ValidationFailed,
                Some(Detail::new(ACCOUNT, ErrorCode::NotFound, "must name an account that exists")),
            ),
            DeleteError::AccountsDisagree => (
                ProblemCode::ValidationFailed,
                Some(Detail::new(
                    ACCOUNT,
                    ErrorCode::Conflict,
                    "must name the same account where several are given",
                )),
            ),
            DeleteError::DuplicateContact => (
                ProblemCode::TooManyContacts,
                Some(Detail::new("contacts", ErrorCode::Conflict, "must name each contact only once")),
            ),
            DeleteError::AnswerTooLarge => (
                ProblemCode::TooManyContacts,
                Some(Detail::new("contacts", ErrorCode::InvalidValue, TOO_LARGE)),
            ),
            DeleteError::SomeOnOtherAccounts => (ProblemCode::TooManyContacts, None),
            DeleteError::NoneFound => (ProblemCode::NotFound, None),
            DeleteError::NotAllFound => (ProblemCode::NotAllFound, None),
        };
        Ok(Self::new(code, detail.into_iter().collect()))
    }

    /// The row of the contract's table, and the details.
    pub(super) fn into_parts(self) -> (ProblemCode, Vec<Detail>) {
        (self.code, self.details)
    }
}
