//! Errors of the store, as errors of the tool.

use contacts::store::StoreError;

use super::location::Location;
use crate::error::{CliError, ErrorClass};

/// Converts an error of the store at that location.
pub(super) fn cli_error(location: &Location, error: StoreError) -> CliError {
    let converted = match &error {
        StoreError::Unavailable(_) => unavailable(location),
        StoreError::Refused(code) => refused(location, code),
        StoreError::Corrupt(attribute) => {
            let message = format!("an item in {location} was changed by hand and has no valid `{attribute}`");
            CliError::new(ErrorClass::Other, message).advice("Correct the item in the table")
        }
    };
    converted.caused_by(error)
}

fn unavailable(location: &Location) -> CliError {
    match location {
        Location::Local { .. } => {
            CliError::new(ErrorClass::Unavailable, format!("{location} can't be reached")).advice(
                "Start the local stack with `make run`; if it has another address, set CONTACTS_DYNAMODB_URL",
            )
        }
        Location::Aws { .. } => {
            let message = format!("{location} can't be reached or is overloaded");
            CliError::new(ErrorClass::Unavailable, message).advice("Running the command again is safe")
        }
    }
}

/// Converts an error with that AWS error code.
fn refused(location: &Location, code: &str) -> CliError {
    match code {
        "ResourceNotFoundException" => {
            CliError::new(ErrorClass::NotFound, format!("{location} does not exist")).advice(match location {
                Location::Local { .. } => "Start the local stack with `make run`, which creates it",
                Location::Aws { .. } => {
                    "Check --table (the stack's output `TableName`) and --region, and --profile for the AWS \
                     account"
                }
            })
        }
        "AccessDeniedException" => {
            let message = format!("the AWS credentials do not allow this request to {location}");
            CliError::new(ErrorClass::PermissionDenied, message).advice(
                "Use a profile that may read and write the table (--profile), or have the permissions granted",
            )
        }
        "ExpiredTokenException"
        | "IncompleteSignatureException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "UnrecognizedClientException" => {
            CliError::new(ErrorClass::PermissionDenied, "AWS does not accept the credentials").advice(
                "Sign in again (`aws sso login`, with --profile if you use one), or check AWS_ACCESS_KEY_ID, \
                 AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
            )
        }
        _ => CliError::new(ErrorClass::Other, format!("{location} rejected the request")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_on_aws(error: StoreError) -> CliError {
        let location = Location::Aws { table: "contacts".to_owned(), region: "eu-central-1".to_owned() };
        cli_error(&location, error)
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
        let error = error_on_aws(StoreError::Unavailable("ThrottlingException".to_owned()));
        assert_eq!(error.class(), ErrorClass::Unavailable);
        assert!(error.report().contains("Running the command again is safe"), "{}", error.report());
    }
}
