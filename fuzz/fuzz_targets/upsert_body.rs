//! The body of an upsert, up to where the store would be called. The body and each item must be accepted if and
//! only if they are valid by the model; and an item must be the same after it is encoded and parsed again.
#![no_main]

use contacts_core::{domain::ContactTypes, upsert::ItemError};
use contacts_fuzz::{
    encode,
    service::{InvalidBody, UpsertBody, UpsertList},
};
use contacts_model::{
    request::{self, Validity},
    response::{check_upsert, check_upsert_error},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &[u8]| {
    let parsed = request::parse(input);
    let validity = parsed.as_ref().map_or(Validity::Undecided, request::of_upsert);
    let request: Option<Value> = serde_json::from_slice(input).ok();
    match read(input) {
        Err(error) => {
            assert_ne!(validity, Validity::Valid, "refused: {error}");
            let checked = check_upsert_error(&error.to_string(), request.as_ref());
            checked.unwrap_or_else(|violation| panic!("{violation}"));
        }
        Ok(list) => {
            assert_ne!(validity, Validity::Invalid, "accepted");
            if !list.items.is_empty() {
                let items: Vec<_> = list.items.iter().map(encode::item).collect();
                let again = json!({"list_items": items}).to_string();
                let again = read(again.as_bytes()).expect("an encoded list is valid");
                assert_eq!(again.items, list.items);
            }
            check_items(list, request.as_ref(), parsed.as_ref());
        }
    }
});

fn read(body: &[u8]) -> Result<UpsertList, InvalidBody> {
    let body = UpsertBody::read(body)?;
    body.check_params()?;
    body.mode()?;
    body.list(&ContactTypes::default())
}

/// Checks each item's result against the item's validity. The items that were accepted have the result of a
/// contact that doesn't exist.
fn check_items(list: UpsertList, request: Option<&Value>, parsed: Option<&Value>) {
    let accepted = ItemError::ContactNotFound;
    let outcomes: Vec<_> = list.items.iter().map(|_| Err(accepted.clone())).collect();
    let answer = list.invalid.answer(&list.items, &outcomes);
    let response = serde_json::to_string(&answer).expect("a response is JSON");
    let results = check_upsert(&response, request).unwrap_or_else(|violation| panic!("{violation}"));
    let items = parsed.and_then(|body| body["list_items"].as_array()).into_iter().flatten();
    for (item, result) in items.zip(results) {
        let is_accepted = result.error() == Some(accepted.to_string().as_str());
        let is_expected = match request::of_item(item) {
            Validity::Valid => is_accepted,
            Validity::Invalid => !is_accepted,
            Validity::Undecided => true,
        };
        assert!(is_expected, "{item}: {result:?}");
    }
}
