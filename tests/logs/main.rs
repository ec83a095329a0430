//! Checks of the functions' log after a whole run of the service tests: the fields of each line, and that no line
//! contains personal data or a token. `tests/run` runs them last, because they read what the other tests have caused
//! to be logged.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use contacts_tests::{PII_MARKER, PII_MARKER_NUMBER, log, personal_values};
use serde_json::Value;

/// The shortest length of a stored value to search for, in characters. A shorter one, like `Ann` or `067_1`, may occur
/// by chance; [`PII_MARKER`] covers those fields.
const MIN_SEARCHED_LENGTH: usize = 6;

/// Whether to search for a stored value: it is long enough, and not a lower-case word like `changed`, which may be in
/// a message of the service itself.
fn is_searched(value: &str) -> bool {
    value.chars().count() >= MIN_SEARCHED_LENGTH && !value.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The least number of lines and stored values after a run. With fewer, the service tests did not run on this stack.
const MIN_RUN: usize = 500;

/// The lines of the functions, without those of the emulators between them.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

#[test]
#[ignore = "reads the log of a whole run of the service tests"]
fn every_log_line_has_a_time_a_level_and_a_request_id() {
    let log = log();
    let lines = lines(&log);
    assert!(lines.len() > MIN_RUN, "{} lines", lines.len());
    // The runtime logs these lines before the first request.
    let is_start = |line: &&Value| line["target"] == "lambda_runtime::runtime" && line["span"].is_null();
    for line in lines.iter().filter(|line| !is_start(line)) {
        let id = line["request_id"].as_str().or(line["span"]["requestId"].as_str());
        assert!(id.is_some_and(|id| !id.is_empty()), "{line}");
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    for operation in ["upsert", "delete"] {
        for trigger in ["http", "sqs", "eventbridge", "direct"] {
            let is_match = |line: &&Value| line["operation"] == operation && line["trigger"] == trigger;
            assert!(lines.iter().any(|line| is_match(&line)), "no {operation} by {trigger}");
        }
    }
    assert!(!log.contains("panicked"), "a function panicked");
}

#[tokio::test]
#[ignore = "reads the log of a whole run of the service tests"]
async fn no_log_line_contains_personal_data_or_a_token() {
    let log = log();
    let stored = personal_values().await;
    assert!(stored.len() > MIN_RUN, "{} stored values", stored.len());
    let mut words: Vec<_> = stored.into_iter().filter(|value| is_searched(value)).collect();
    // A line contains a value in its JSON form, with escapes.
    let escaped: Vec<_> = words.iter().map(|word| Value::from(word.as_str()).to_string()).collect();
    words.extend(escaped.iter().map(|word| word.trim_matches('"').to_owned()));
    words.extend([PII_MARKER.to_owned(), PII_MARKER_NUMBER.to_string()]);
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(&words).expect("words");
    for line in log.lines() {
        for found in search.find_overlapping_iter(line) {
            let word = &words[found.pattern().as_usize()];
            let is_marker = found.pattern().as_usize() >= words.len() - 2;
            assert!(!is_marker && !is_whole_word(line, found.range()), "`{word}` in {line}");
        }
        assert!(!has_secret(line), "a token's secret, or its fingerprint, in {line}");
    }
}

/// Whether a part of a line is a whole word: `second` is not one in `Milliseconds`.
fn is_whole_word(line: &str, part: Range<usize>) -> bool {
    let before = line[..part.start].chars().next_back();
    let after = line[part.end..].chars().next();
    [before, after].into_iter().flatten().all(|neighbour| !neighbour.is_alphanumeric())
}

/// Whether a line has as many hexadecimal digits in a row as a secret or its fingerprint.
fn has_secret(line: &str) -> bool {
    line.split(|character: char| !character.is_ascii_hexdigit()).any(|run| run.len() >= 64)
}
