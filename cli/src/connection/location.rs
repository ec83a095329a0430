//! Where the table is, and the errors of the store there.

use std::fmt;

use contacts_core::store::StoreError;

use crate::{certificates::certificate_error, error::CliError};

/// Name of the local stack's table.
pub(super) const LOCAL_TABLE: &str = "contacts";

/// Where the table is, as messages name it.
pub(super) enum Location {
    Aws { table: String, region: String },
    Local { url: String },
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws { table, region } => write!(f, "the table `{table}` in {region}"),
            Self::Local { url } => write!(f, "the table `{LOCAL_TABLE}` at {url}"),
        }
    }
}

impl Location {
    /// Converts an error of the store at this location.
    pub(super) fn error(&self, error: StoreError) -> CliError {
        if let Some(error) = certificate_error(format_args!("the server of {self}"), &error) {
            return error;
        }
        let converted = match &error {
            StoreError::Unavailable(_) => self.unavailable(),
            StoreError::Refused(code) => self.refused(code),
            StoreError::Corrupt { attribute, .. } => CliError::other(format!(
                "an item in {self} was changed by hand and has no valid `{attribute}`"
            ))
            .advice("Correct the item in the table"),
        };
        converted.caused_by(error)
    }

    fn unavailable(&self) -> CliError {
        match self {
            Self::Local { .. } => CliError::unavailable(format!("{self} can't be reached")).advice(
                "Start the local stack with `make run`; if it has another address, set CONTACTS_DYNAMODB_URL",
            ),
            Self::Aws { .. } => CliError::unavailable(format!("{self} can't be reached or is overloaded"))
                .advice("Running the command again is safe"),
        }
    }

    /// Converts an error with that AWS error code.
    fn refused(&self, code: &str) -> CliError {
        match code {
            "ResourceNotFoundException" => {
                CliError::not_found(format!("{self} does not exist")).advice(match self {
                    Self::Local { .. } => "Start the local stack with `make run`, which creates it",
                    Self::Aws { .. } => {
                        "Check --table (the stack's output `TableName`) and --region, and --profile for the \
                         AWS account"
                    }
                })
            }
            "AccessDeniedException" => CliError::permission_denied(format!(
                "the AWS credentials do not allow this request to {self}"
            ))
            .advice(
                "Use a profile that may read and write the table (--profile), or have the permissions \
                         granted",
            ),
            "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "UnrecognizedClientException" => CliError::permission_denied(
                "AWS does not accept the credentials",
            )
            .advice(
                "Sign in again (`aws sso login`, with --profile if you use one), or check AWS_ACCESS_KEY_ID, \
                     AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
            ),
            _ => CliError::other(format!("{self} rejected the request")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorClass;

    fn error_on_aws(error: StoreError) -> CliError {
        let location = Location::Aws { table: "contacts".to_owned(), region: "eu-central-1".to_owned() };
        location.error(error)
    }

    #[test]
    fn credential_errors_say_how_to_get_valid_credentials() {
        for (code, advice) in [
            ("AccessDeniedException", "Use a profile that may read and write the table"),
            ("ExpiredTokenException", "Sign in again"),
            ("UnrecognizedClientException", "Sign in again"),
        ] {
            let error = error_on_aws(StoreError::Refused(code.to_owned()));
            assert_eq!(error.class(), ErrorClass::PermissionDenied, "{error}");
            assert!(error.report().contains(advice), "{}", error.report());
        }
    }

    #[test]
    fn transient_errors_say_that_running_again_is_safe() {
        let error = error_on_aws(StoreError::unavailable("ThrottlingException"));
        assert_eq!(error.class(), ErrorClass::Unavailable);
        assert!(error.report().contains("Running the command again is safe"), "{}", error.report());
    }
}
