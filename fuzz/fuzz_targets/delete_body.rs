//! The body of a delete, up to where the store would come in. What is good and what isn't must be what a
//! plain reading of the contract says, and a deletion that was read must be the same when it is written
//! down and read again.
#![no_main]

use contacts::{
    body::{DeleteAnswer, DeleteBody},
    domain::TimeZone,
};
use contacts_fuzz::{contract, plain, written};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let plainly: Option<Value> = serde_json::from_slice(input).ok();
    let is_good = plainly.as_ref().and_then(plain::is_delete);
    let body = DeleteBody::read(input);
    match body.deletion() {
        Err(problem) => {
            let answer = DeleteAnswer::new(Err(problem), Vec::new(), body.echo(), &TimeZone::utc());
            let answer = serde_json::to_string(&answer).expect("an answer can be written as JSON");
            // Plain JSON doesn't tell of a param that is there twice.
            let is_twice = answer.contains("must be given only once");
            assert!(is_twice || is_good != Some(true), "{answer}: the body is good");
            // What it repeats of the request may be more than plain JSON can read.
            if let Ok(answer) = serde_json::from_str(&answer) {
                contract::check_envelope(&answer, input);
            }
        }
        Ok(deletion) => {
            assert_ne!(is_good, Some(false), "the body is bad");
            let again = written::deletion(&deletion).to_string();
            let again = DeleteBody::read(again.as_bytes()).deletion().expect("it can be read again");
            assert_eq!((&again.account, &again.contacts), (&deletion.account, &deletion.contacts));
        }
    }
});
