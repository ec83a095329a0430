//! A batch of SQS messages. An input with records is the event; of any other, each line is the body of a
//! message. On the same table, a direct invoke with the body of the only message must go through exactly if
//! the message did.
#![no_main]

use std::borrow::Cow;

use contacts::{event::Event, operation::Operation};
use contacts_fuzz::{answers, function};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &[u8]| {
    let is_event = input.starts_with(b"{") && input.windows(9).any(|part| part == b"\"Records\"");
    let text = String::from_utf8_lossy(input);
    let bodies: Vec<_> = if is_event { Vec::new() } else { text.lines().collect() };
    let event = if is_event { Cow::Borrowed(input) } else { Cow::Owned(batch(&bodies)) };
    for operation in [Operation::Upsert, Operation::Delete] {
        let is_meant = |event: &Event| matches!(event, Event::Queue(_));
        let Some(answer) = function::answer(operation, &event, is_meant) else { return };
        answers::check_queue(&event, &answer);
        if let [body] = bodies[..] {
            function::restore(None);
            let is_meant = |event: &Event| matches!(event, Event::Direct(_));
            if let Some(direct) = function::answer(operation, body.as_bytes(), is_meant) {
                let is_done = answer.is_ok_and(|answer| !answer.contains("itemIdentifier"));
                assert_eq!(is_done, answers::is_complete(&direct), "a message isn't worth its body");
            }
            function::restore(None);
        }
    }
    function::restore(None);
});

fn batch(bodies: &[&str]) -> Vec<u8> {
    let records: Vec<_> = bodies.iter().enumerate().map(record).collect();
    json!({"Records": records}).to_string().into_bytes()
}

fn record((number, body): (usize, &&str)) -> Value {
    json!({"messageId": number.to_string(), "body": body, "eventSource": "aws:sqs"})
}
