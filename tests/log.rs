//! What the functions logged, and what to look for there.

use std::{fs, time::Duration};

use serde_json::Value;

use crate::environment::variable;

/// A word that no log may ever hold. Tests put it wherever somebody's name, address, description or token
/// could stand.
pub const CANARY: &str = "Kanarienvogel";

/// The same where only digits do.
pub const CANARY_NUMBER: u64 = 380_445_559_917;

/// All that the functions have logged so far, whichever emulator they run under.
#[must_use]
pub fn log() -> String {
    let bytes = fs::read(variable("CONTACTS_LOG")).expect("the functions' log can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The line of the event that came with this request id.
pub async fn log_line_of(request_id: &str) -> Value {
    // The answer may be here before the line is: an emulator hands on a function's output in its own time.
    for _ in 0..100 {
        let log = log();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(line) =
            lines.find(|line| line["message"] == "answered" && line["request_id"] == request_id)
        {
            return line;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the log has nothing about {request_id}")
}
