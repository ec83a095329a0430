//! A request by way of a REST API, payload 1.0. An input that begins with a brace is the event; any other is
//! the request, of which the event is made ([`contacts_fuzz::message`]).
#![no_main]

use std::borrow::Cow;

use contacts::{event::Event, operation::Operation};
use contacts_fuzz::{answers, function, message::Message};
use lambda_http::request::LambdaRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let message = Message::read(input);
    let is_event = input.starts_with(b"{");
    let event = if is_event { Cow::Borrowed(input) } else { Cow::Owned(message.rest_api()) };
    for operation in [Operation::Upsert, Operation::Delete] {
        match function::answer(operation, &event, is_meant) {
            Some(answer) => answers::check_http(operation, &event, &answer, "multiValueHeaders"),
            None => assert!(is_event || !message.has_method(), "a request that gets no answer"),
        }
    }
    function::restore(Some("zegoal"));
});

fn is_meant(event: &Event) -> bool {
    matches!(event, Event::Http { request, .. } if matches!(**request, LambdaRequest::ApiGatewayV1(_)))
}
