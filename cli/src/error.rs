//! The error that ends a command, and the exit codes.

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter,
    process::ExitCode,
};

/// Why a command failed; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    /// An argument or the input file is missing or invalid.
    Usage,
    /// The tenant, account, contact, token, table or file does not exist.
    NotFound,
    /// The token or the AWS credentials do not allow the request.
    PermissionDenied,
    /// The service or the table is unreachable or overloaded; a later run may succeed.
    Unavailable,
    /// The object exists already, or one of its unique keys is taken.
    Conflict,
    /// A signal interrupted the command, such as that of Ctrl-C.
    Interrupted,
    /// The reader of standard output closed it, as `head` does. Not reported, and not a failure.
    OutputClosed,
    /// Any other error.
    Other,
}

/// The exit codes, as `--help` lists them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    success
  1    any other error
  2    an argument is missing or invalid
  3    the import finished, but some rows were rejected
  4    the tenant, account, contact, token or table does not exist
  5    the AWS credentials or the token do not allow the request
  6    the table or the service can't be reached or is overloaded; running the command again is safe
  7    the object exists already, or its id, code or name is taken
  130  interrupted, by Ctrl-C or another signal";

/// The exit code of a command that a signal interrupted.
pub(crate) const EXIT_CODE_INTERRUPTED: u8 = 130;

/// An error that ends a command: what failed, why, and what the operator can do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CliError {
    class: ErrorClass,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    advice: Option<String>,
}

impl CliError {
    pub(crate) fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), source: None, advice: None }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Usage, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::NotFound, message)
    }

    pub(crate) fn permission_denied(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::PermissionDenied, message)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Unavailable, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Conflict, message)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(ErrorClass::Interrupted, "interrupted")
    }

    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Other, message)
    }

    /// The error of a failed write to the file or stream of that name.
    pub(crate) fn write(name: &str, error: io::Error) -> Self {
        let class = match error.kind() {
            ErrorKind::BrokenPipe => ErrorClass::OutputClosed,
            _ => ErrorClass::Other,
        };
        Self::new(class, format!("{name} can't be written")).caused_by(error)
    }

    /// The error of a failed read of the file or stream of that name.
    pub(crate) fn read(name: &str, error: io::Error) -> Self {
        let class = match error.kind() {
            ErrorKind::NotFound => ErrorClass::NotFound,
            _ => ErrorClass::Other,
        };
        Self::new(class, format!("{name} can't be read")).caused_by(error)
    }

    /// Adds the cause.
    pub(crate) fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Adds what the operator can do about it: full sentences, without the last full stop.
    pub(crate) fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    pub(crate) fn class(&self) -> ErrorClass {
        self.class
    }

    /// Formats the message, the chain of causes and the advice as one line.
    pub(crate) fn report(&self) -> String {
        let chain = iter::successors(Some(self as &dyn Error), |error| (*error).source());
        let what_failed = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        match &self.advice {
            Some(advice) => format!("{what_failed}. {advice}"),
            None => what_failed,
        }
    }

    /// Returns the exit code, as [`EXIT_CODES`] lists it.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.class {
            ErrorClass::OutputClosed => 0,
            ErrorClass::Other => 1,
            ErrorClass::Usage => 2,
            ErrorClass::NotFound => 4,
            ErrorClass::PermissionDenied => 5,
            ErrorClass::Unavailable => 6,
            ErrorClass::Conflict => 7,
            ErrorClass::Interrupted => EXIT_CODE_INTERRUPTED,
        })
    }
}
