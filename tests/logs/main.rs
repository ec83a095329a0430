//! The logs of a whole run of the tests: what lines look like, and that nobody's name, number, address or
//! token is in them. `tests/run` comes here last; before the others there is nothing to see.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use contacts_tests::{CANARY, CANARY_NUMBER, log, personal_values};
use serde_json::Value;

/// How long a stored value must be to be searched for. A shorter one, like `Ann` or `067_1`, sooner or
/// later stands somewhere by chance; the canaries are there for those.
const LONG_ENOUGH: usize = 6;

/// Whether a stored value is worth searching for: it is long enough, and no plain word like `changed`,
/// of which the service's own sentences are made.
fn is_telling(value: &str) -> bool {
    value.chars().count() >= LONG_ENOUGH && !value.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// How many lines a run leaves at least; with fewer, this looked in the wrong place.
const A_RUN: usize = 500;

/// The lines that the functions wrote; between them are those of the emulators.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

#[test]
#[ignore = "reads what the other tests have left in the log"]
fn every_line_has_a_time_a_level_and_the_id_of_its_request() {
    let log = log();
    let lines = lines(&log);
    assert!(lines.len() > A_RUN, "{} lines", lines.len());
    // The runtime's own lines, from before there is any request.
    let is_start = |line: &&Value| line["target"] == "lambda_runtime::runtime" && line["span"].is_null();
    for line in lines.iter().filter(|line| !is_start(line)) {
        let id = line["request_id"].as_str().or(line["span"]["requestId"].as_str());
        assert!(id.is_some_and(|id| !id.is_empty()), "{line}");
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    for operation in ["upsert", "delete"] {
        for trigger in ["http", "sqs", "eventbridge", "direct"] {
            let is_such = |line: &&Value| line["operation"] == operation && line["trigger"] == trigger;
            assert!(lines.iter().any(|line| is_such(&line)), "no {operation} by {trigger}");
        }
    }
    assert!(!log.contains("panicked"), "a function panicked");
}

#[tokio::test]
#[ignore = "reads what the other tests have left in the log"]
async fn no_line_has_a_name_a_number_an_address_or_a_token_in_it() {
    let log = log();
    let stored = personal_values().await;
    assert!(stored.len() > A_RUN, "{} stored values", stored.len());
    let mut words: Vec<_> = stored.into_iter().filter(|value| is_telling(value)).collect();
    // A value that had to be escaped looks different in a line.
    let escaped: Vec<_> = words.iter().map(|word| Value::from(word.as_str()).to_string()).collect();
    words.extend(escaped.iter().map(|word| word.trim_matches('"').to_owned()));
    words.extend([CANARY.to_owned(), CANARY_NUMBER.to_string()]);
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(&words).expect("words");
    for line in log.lines() {
        for found in search.find_overlapping_iter(line) {
            let word = &words[found.pattern().as_usize()];
            let is_canary = found.pattern().as_usize() >= words.len() - 2;
            assert!(!is_canary && !stands_alone(line, found.range()), "`{word}` in {line}");
        }
        assert!(!has_secret(line), "what looks like a token's secret in {line}");
    }
}

/// Whether a part of a line is no part of a longer word: `second`, but not in `Milliseconds`.
fn stands_alone(line: &str, part: Range<usize>) -> bool {
    let before = line[..part.start].chars().next_back();
    let after = line[part.end..].chars().next();
    [before, after].into_iter().flatten().all(|neighbour| !neighbour.is_alphanumeric())
}

/// Whether a line holds as many hexadecimal digits in a row as a secret, or its fingerprint, has.
fn has_secret(line: &str) -> bool {
    line.split(|character: char| !character.is_ascii_hexdigit()).any(|run| run.len() >= 64)
}
