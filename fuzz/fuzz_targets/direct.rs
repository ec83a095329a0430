//! A direct invoke, whose payload is a body: for the upsert, then for the delete on the table that it leaves.
#![no_main]

use contacts_fuzz::{
    function::{AllowedTenants, invoke, restore_table},
    responses,
    service::{Operation, Trigger},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    for operation in [Operation::Upsert, Operation::Delete] {
        if let Some(response) = invoke(operation, body, Trigger::Direct) {
            responses::check_direct(operation, body, &response);
        }
    }
    restore_table(AllowedTenants::Any);
});
