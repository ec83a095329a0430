//! An event of EventBridge. Its `detail` is JSON within JSON, which mutations reach without help. On the same
//! table, a direct invoke with the detail must succeed if and only if the event does.
#![no_main]

use contacts_fuzz::{
    function::{AllowedTenants, invoke, restore_table},
    responses,
    service::{Operation, Trigger},
};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Detailed<'e> {
    #[serde(borrow)]
    detail: &'e RawValue,
}

fuzz_target!(|event: &[u8]| {
    for operation in [Operation::Upsert, Operation::Delete] {
        let Some(response) = invoke(operation, event, Trigger::Bus) else { return };
        restore_table(AllowedTenants::Any);
        responses::check_bus(&response);
        if response.as_ref().is_err_and(|error| error.error_type == "unknown event") {
            continue;
        }
        let Detailed { detail } = serde_json::from_slice(event).expect("an event that was read has a detail");
        if let Some(direct) = invoke(operation, detail.get().as_bytes(), Trigger::Direct) {
            assert_eq!(response.is_ok(), responses::is_complete(&direct), "event and detail differ");
            restore_table(AllowedTenants::Any);
        }
    }
});
