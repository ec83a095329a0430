//! An event of EventBridge, as it is: its `detail` is JSON in JSON, which mutations get to without help. On
//! the same table, a direct invoke with the detail must go through exactly if the event did.
#![no_main]

use contacts::{event, operation::Operation};
use contacts_fuzz::{answers, function};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Event<'e> {
    #[serde(borrow)]
    detail: &'e RawValue,
}

fuzz_target!(|input: &[u8]| {
    for operation in [Operation::Upsert, Operation::Delete] {
        let is_meant = |event: &event::Event| matches!(event, event::Event::Bus(_));
        let Some(answer) = function::answer(operation, input, is_meant) else { return };
        function::restore(None);
        answers::check_bus(&answer);
        // Done: all of what was asked for is.
        if let (Ok("null"), Ok(event)) = (answer.as_deref(), serde_json::from_slice::<Event<'_>>(input)) {
            let detail = event.detail.get().as_bytes();
            let direct = function::answer(operation, detail, |_| true);
            let direct = direct.expect("a detail is JSON");
            assert!(answers::is_complete(&direct), "the event was done, and the detail isn't");
            function::restore(None);
        }
    }
});
