//! A request through a REST API, payload format 1.0. An input that begins with a brace is the event; any other is a
//! request, of which the event is built ([`contacts_fuzz::http_request`]).
#![no_main]

use std::borrow::Cow;

use contacts_fuzz::{
    function::{AllowedTenants, invoke, restore_table},
    http_request::HttpRequest,
    responses::{self, HeadersField},
    service::{Operation, Trigger},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let request = HttpRequest::read(input);
    let is_event = input.starts_with(b"{");
    let event = if is_event { Cow::Borrowed(input) } else { Cow::Owned(request.rest_api()) };
    for operation in [Operation::Upsert, Operation::Delete] {
        match invoke(operation, &event, Trigger::RestApi) {
            Some(response) => responses::check_http(operation, &event, &response, HeadersField::Multiple),
            None => assert!(is_event || !request.has_valid_method(), "a request without a response"),
        }
    }
    restore_table(AllowedTenants::Only("zegoal"));
});
