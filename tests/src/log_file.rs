//! The log of the functions.

use std::{fs, time::Duration};

use serde_json::Value;

use crate::stack::Stack;

/// A word that no log may contain. Tests send it in every place where callers send names, addresses, descriptions
/// and tokens.
pub const PII_MARKER: &str = "PiiMarker";

/// The same for places that take only digits.
pub const PII_MARKER_NUMBER: u64 = 380_445_559_917;

/// Returns what the functions have logged so far, under both emulators.
#[must_use]
pub fn log() -> String {
    let bytes = fs::read(Stack::get().log_file()).expect("the log is readable");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the log line of the request with this id, once it is there.
pub async fn log_line_of(request_id: &str) -> Value {
    find_line(|line| line["message"] == "answered" && line["request_id"] == request_id).await
}

/// Returns the log line that says why a message of SQS failed, once it is there.
pub async fn failure_line_of(message_id: &str) -> Value {
    find_line(|line| line["message"] == "message failed" && line["message_id"] == message_id).await
}

async fn find_line(is_line: impl Fn(&Value) -> bool) -> Value {
    // The emulator may forward the response before the function's output.
    for _ in 0..100 {
        let log = log();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(line) = lines.find(&is_line) {
            return line;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the log has no such line")
}
