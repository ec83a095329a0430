//! The body of a delete, up to where the store would be called. It must be accepted if and only if it is valid by
//! the model; and a deletion must be the same after it is encoded and parsed again.
#![no_main]

use contacts_core::domain::TimeZone;
use contacts_fuzz::{
    encode,
    service::{DeleteAnswer, DeleteBody},
};
use contacts_model::{
    request::{self, Validity},
    response::check_delete,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let validity = request::parse(input).as_ref().map_or(Validity::Undecided, request::of_delete);
    let body = DeleteBody::read(input);
    match body.deletion() {
        Err(problem) => {
            let response = DeleteAnswer::new(Err(problem), Vec::new(), body.echo(), &TimeZone::utc());
            let response = serde_json::to_string(&response).expect("a response is JSON");
            assert_ne!(validity, Validity::Valid, "refused: {response}");
            // It repeats the request, which `serde_json` may not take.
            if serde_json::from_str::<Value>(&response).is_ok() {
                let request = serde_json::from_slice(input).ok();
                let checked = check_delete(&response, request.as_ref());
                checked.unwrap_or_else(|violation| panic!("{violation}"));
            }
        }
        Ok(deletion) => {
            assert_ne!(validity, Validity::Invalid, "accepted");
            let again = encode::deletion(&deletion).to_string();
            let again = DeleteBody::read(again.as_bytes()).deletion().expect("an encoded deletion is valid");
            assert_eq!((&again.account, &again.contacts), (&deletion.account, &deletion.contacts));
        }
    }
});
