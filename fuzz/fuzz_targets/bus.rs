//! An event of EventBridge, as it is: its `detail` is JSON in JSON, which mutations get to without help. On
//! the same table, a direct invoke with the detail must go through exactly if the event did.
#![no_main]

use contacts::{event::Event, operation::Operation};
use contacts_fuzz::{answers, function};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Detailed<'e> {
    #[serde(borrow)]
    detail: &'e RawValue,
}

fuzz_target!(|input: &[u8]| {
    for operation in [Operation::Upsert, Operation::Delete] {
        let is_meant = |event: &Event| matches!(event, Event::Bus(_));
        let Some(answer) = function::answer(operation, input, is_meant) else { return };
        function::restore(None);
        answers::check_bus(&answer);
        if answer.as_ref().is_err_and(|error| error.error_type == "unknown event") {
            continue;
        }
        let event: Detailed<'_> = serde_json::from_slice(input).expect("an event that was read has a detail");
        let is_meant = |event: &Event| matches!(event, Event::Direct(_));
        if let Some(direct) = function::answer(operation, event.detail.get().as_bytes(), is_meant) {
            assert_eq!(answer.is_ok(), answers::is_complete(&direct), "an event isn't worth its detail");
            function::restore(None);
        }
    }
});
