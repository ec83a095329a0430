//! A batch of SQS messages. An input with records is the event; of any other, each line is the body of a
//! message. On the same table, a direct invoke with the body of an only message must succeed if and only if the
//! message does.
#![no_main]

use std::borrow::Cow;

use contacts_fuzz::{
    function::{AllowedTenants, invoke, restore_table},
    responses,
    service::{Operation, Trigger},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &[u8]| {
    let is_event = input.starts_with(b"{") && input.windows(9).any(|part| part == b"\"Records\"");
    let text = String::from_utf8_lossy(input);
    let bodies: Vec<_> = if is_event { Vec::new() } else { text.lines().collect() };
    let event = if is_event { Cow::Borrowed(input) } else { Cow::Owned(batch(&bodies)) };
    for operation in [Operation::Upsert, Operation::Delete] {
        let Some(response) = invoke(operation, &event, Trigger::Queue) else { return };
        responses::check_queue(&event, &response);
        if let [body] = bodies[..] {
            restore_table(AllowedTenants::Any);
            if let Some(direct) = invoke(operation, body.as_bytes(), Trigger::Direct) {
                let is_done = response.is_ok_and(|response| !response.contains("itemIdentifier"));
                assert_eq!(is_done, responses::is_complete(&direct), "message and body differ");
            }
            restore_table(AllowedTenants::Any);
        }
    }
    restore_table(AllowedTenants::Any);
});

fn batch(bodies: &[&str]) -> Vec<u8> {
    let records: Vec<_> = bodies.iter().enumerate().map(record).collect();
    json!({"Records": records}).to_string().into_bytes()
}

fn record((number, body): (usize, &&str)) -> Value {
    json!({"messageId": number.to_string(), "body": body, "eventSource": "aws:sqs"})
}
