//! A direct invoke: the payload is a body as it is, for both operations, the delete right after the upsert.
#![no_main]

use contacts::{event::Event, operation::Operation};
use contacts_fuzz::{answers, function};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    for operation in [Operation::Upsert, Operation::Delete] {
        if let Some(answer) = function::answer(operation, body, |event| matches!(event, Event::Direct(_))) {
            answers::check_direct(operation, body, &answer);
        }
    }
    function::restore(None);
});
