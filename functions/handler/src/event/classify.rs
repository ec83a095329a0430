//! The kind of an event, by the names of its first-level fields. Fields below are read later, by the code that needs them.
//!
//! An event is taken for a trigger's only if it has what every event of that trigger has, and nothing of a body. Anything
//! that only looks like one is unknown, and so a function error: its caller would take any other answer for a success.

use std::borrow::Cow;

use lambda_http::request::LambdaRequest;
use serde::{
    Deserialize,
    de::{Deserializer, IgnoredAny},
};
use serde_json::value::RawValue;

use super::{api_gateway, eventbridge::EventBridgeEvent, sqs::Batch};

/// An event, by its trigger.
pub enum Event {
    /// A request from API Gateway: of an HTTP API (payload 2.0) or a REST API (payload 1.0).
    Http {
        /// The request, without the parts of its URL.
        request: Box<LambdaRequest>,
        /// The path of the request.
        path: String,
    },
    /// A batch of SQS messages.
    Sqs(Batch),
    /// An event of EventBridge.
    EventBridge(EventBridgeEvent),
    /// The body of a direct invoke.
    Direct(Box<RawValue>),
    /// Any other event, for example of a trigger that was connected by mistake.
    Unknown,
}

/// The first-level fields in which events differ.
#[derive(Deserialize)]
struct FirstLevel<'a> {
    #[serde(rename = "requestContext")]
    request_context: Option<IgnoredAny>,
    #[serde(rename = "routeKey")]
    route_key: Option<IgnoredAny>,
    resource: Option<IgnoredAny>,
    #[serde(rename = "Records")]
    records: Option<IgnoredAny>,
    #[serde(rename = "detail-type", borrow)]
    detail_type: Option<Cow<'a, str>>,
    list_items: Option<IgnoredAny>,
    contacts: Option<IgnoredAny>,
}

impl FirstLevel<'_> {
    fn is_of_a_body(&self) -> bool {
        self.list_items.is_some() || self.contacts.is_some()
    }

    fn is_of_a_trigger(&self) -> bool {
        self.request_context.is_some() || self.records.is_some() || self.detail_type.is_some()
    }
}

impl Event {
    fn classify(raw: Box<RawValue>) -> Self {
        let text = raw.get();
        let Ok(fields) = serde_json::from_str::<FirstLevel<'_>>(text) else { return Self::Direct(raw) };
        if fields.is_of_a_body() && fields.is_of_a_trigger() {
            return Self::Unknown;
        }
        let classified = if fields.request_context.is_some() && fields.route_key.is_some() {
            api_gateway::read(text).map(|request| Self::http(api_gateway::http_api(request)))
        } else if fields.request_context.is_some() && fields.resource.is_some() {
            api_gateway::read(text).map(|request| Self::http(api_gateway::rest_api(request)))
        } else if fields.records.is_some() {
            Batch::read(text).map(Self::Sqs)
        } else if fields.detail_type.is_some() {
            serde_json::from_str(text).ok().map(Self::EventBridge)
        } else if fields.request_context.is_some() {
            None
        } else {
            return Self::Direct(raw);
        };
        classified.unwrap_or(Self::Unknown)
    }

    fn http((request, path): (LambdaRequest, String)) -> Self {
        Self::Http { request: Box::new(request), path }
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::classify)
    }
}
