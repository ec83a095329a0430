//! What the gateway reports while it serves.

use std::{fmt, sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};

/// The most characters of a path in a line.
const MAX_PATH_LEN: usize = 100;

/// A request that was answered, or a problem of a function's process.
#[derive(Debug)]
pub enum Report {
    /// A request was answered.
    Request {
        /// The method.
        method: Method,
        /// The path without the query string.
        path: String,
        /// The status of the answer.
        status: StatusCode,
        /// The time from the request's headers to the answer.
        duration: Duration,
        /// The request's id, which is that of the invocation too.
        request_id: String,
    },
    /// A process of a function didn't start, ended by itself, or exceeded its time limit.
    Problem {
        /// The function's name.
        function: String,
        /// The request's id.
        request_id: String,
        /// What happened.
        problem: String,
    },
}

impl fmt::Display for Report {
    /// Writes one line without the line break.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { method, path, status, duration, request_id } => {
                let (status, milliseconds) = (status.as_u16(), duration.as_millis());
                write!(f, "{method} {path:.MAX_PATH_LEN$} {status} {milliseconds} ms {request_id}")
            }
            Self::Problem { function, request_id, problem } => {
                write!(f, "{function}: {problem} {request_id}")
            }
        }
    }
}

/// A function that receives the reports. It must not block.
pub type Reporter = Arc<dyn Fn(&Report) + Send + Sync>;
