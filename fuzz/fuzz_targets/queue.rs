//! A batch of SQS messages. An input that begins with a brace is the event; of any other, each line is the
//! body of a message.
#![no_main]

use std::borrow::Cow;

use contacts::{event::Event, operation::Operation};
use contacts_fuzz::{answers, function};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &[u8]| {
    let is_event =
        input.trim_ascii_start().starts_with(b"{") && input.windows(9).any(|part| part == b"\"Records\"");
    let event = if is_event { Cow::Borrowed(input) } else { Cow::Owned(batch(input)) };
    for operation in [Operation::Upsert, Operation::Delete] {
        if let Some(answer) = function::answer(operation, &event, |event| matches!(event, Event::Queue(_))) {
            answers::check_queue(&event, &answer);
        }
    }
    function::restore(None);
});

fn batch(lines: &[u8]) -> Vec<u8> {
    let records = String::from_utf8_lossy(lines).lines().enumerate().map(record).collect::<Vec<_>>();
    json!({"Records": records}).to_string().into_bytes()
}

fn record((number, body): (usize, &str)) -> Value {
    json!({"messageId": number.to_string(), "body": body, "eventSource": "aws:sqs"})
}
