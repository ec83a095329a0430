//! The body of an upsert, up to where the store would come in. What is good and what isn't must be what a
//! plain reading of the contract says, and an item that was read must be the same when it is written down
//! and read again.
#![no_main]

use contacts::{
    body::{UpsertBody, UpsertList, WrongBody},
    domain::ContactTypes,
    upsert::ItemError,
};
use contacts_fuzz::{contract, plain, written};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &[u8]| {
    let plainly: Option<Value> = serde_json::from_slice(input).ok();
    let is_good = plainly.as_ref().and_then(plain::is_upsert);
    match read(input) {
        Err(wrong) => {
            // Plain JSON doesn't tell of a param that is there twice.
            let is_twice = matches!(wrong, WrongBody::Duplicate(_));
            assert!(is_twice || is_good != Some(true), "{wrong}: the body is good");
            contract::check_wrong_body(&wrong.to_string(), Some(input));
        }
        Ok(list) => {
            assert_ne!(is_good, Some(false), "the body is bad");
            if !list.items.is_empty() {
                let items: Vec<_> = list.items.iter().map(written::item).collect();
                let again = json!({"list_items": items}).to_string();
                let again = read(again.as_bytes()).expect("what was read can be read again");
                assert_eq!(again.items, list.items);
            }
            check_items(list, input, plainly.as_ref());
        }
    }
});

fn read(body: &[u8]) -> Result<UpsertList, WrongBody> {
    let body = UpsertBody::read(body)?;
    body.tenant()?;
    body.list(&ContactTypes::default())
}

/// Holds each item's result against a plain reading of the item. Those that were read end as if their
/// contacts were not there.
fn check_items(list: UpsertList, input: &[u8], plainly: Option<&Value>) {
    let missing = ItemError::ContactNotFound;
    let outcomes = list.items.iter().map(|_| Err(missing.clone())).collect();
    let answer = serde_json::to_value(list.answer(outcomes)).expect("an answer is JSON");
    contract::check_results(&answer, input);
    let items = plainly.and_then(|body| body["list_items"].as_array()).into_iter().flatten();
    for (item, result) in items.zip(answer["result"].as_array().into_iter().flatten()) {
        let sentence = result["error"].as_str().expect("none of them went through");
        let was_read = sentence == missing.to_string();
        let is_twice = sentence.ends_with("must be given only once");
        let is_good = plain::is_item(item);
        assert!(is_twice || is_good.is_none_or(|is_good| is_good == was_read), "{item}: {sentence}");
    }
}
