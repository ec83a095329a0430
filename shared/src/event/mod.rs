//! What a function is invoked with, of whatever kind: API Gateway's requests, batches of SQS messages,
//! events of EventBridge, or the body of a request as it is. Which kind it is shows in the names of its
//! first-level fields; those are read over once, and everything below them only where it is needed.

mod bus;
mod direct;
mod queue;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_http::{
    Adapter, LambdaEvent, Request, RequestExt, Service,
    aws_lambda_events::{
        apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest},
        query_map::QueryMap,
    },
    http::header::{HOST, HeaderName, HeaderValue},
    lambda_runtime::Diagnostic,
    request::LambdaRequest,
    service_fn,
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, Deserializer, IgnoredAny},
};
use serde_json::{Value, value::RawValue};

use crate::{http, operation::Operation, store::Store};

/// An event, recognised.
pub enum Event {
    /// A request by way of API Gateway: an HTTP API (payload 2.0) or a REST API (payload 1.0).
    Http {
        /// The request, without what its URL would be made of.
        request: Box<LambdaRequest>,
        /// The path that it came to.
        path: String,
    },
    /// A batch of SQS messages.
    Queue(queue::Batch),
    /// An event of EventBridge.
    Bus(bus::BusEvent),
    /// The body of a request.
    Direct(Box<RawValue>),
    /// Something else, like an event of a source that nobody has connected on purpose.
    Unknown,
}

/// The first-level fields by which kinds of events differ.
#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(rename = "requestContext")]
    request_context: Option<IgnoredAny>,
    #[serde(rename = "routeKey")]
    route_key: Option<IgnoredAny>,
    resource: Option<IgnoredAny>,
    #[serde(rename = "Records")]
    records: Option<IgnoredAny>,
    #[serde(rename = "detail-type", borrow)]
    detail_type: Option<Cow<'a, str>>,
}

impl Event {
    fn recognise(raw: Box<RawValue>) -> Self {
        let text = raw.get();
        let Ok(shape) = serde_json::from_str::<Shape<'_>>(text) else { return Self::Direct(raw) };
        let recognised = if shape.request_context.is_some() && shape.route_key.is_some() {
            request(text).map(http_api)
        } else if shape.request_context.is_some() && shape.resource.is_some() {
            request(text).map(rest_api)
        } else if shape.records.is_some() {
            queue::Batch::read(text).map(Self::Queue)
        } else if shape.detail_type.is_some() {
            serde_json::from_str(text).ok().map(Self::Bus)
        } else if shape.request_context.is_some() {
            None
        } else {
            return Self::Direct(raw);
        };
        recognised.unwrap_or(Self::Unknown)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::recognise)
    }
}

/// Reads a request. One with a header that HTTP doesn't know, as a caller may send and API Gateway hands on,
/// is read without it: it would be no event of API Gateway's otherwise, and get no answer.
fn request<R: DeserializeOwned>(text: &str) -> Option<R> {
    let is_header =
        |name: &str, value: &str| HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
    serde_json::from_str(text).ok().or_else(|| {
        let mut event: Value = serde_json::from_str(text).ok()?;
        if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
            headers.retain(|name, value| value.as_str().is_some_and(|value| is_header(name, value)));
        }
        if let Some(headers) = event.get_mut("multiValueHeaders").and_then(Value::as_object_mut) {
            headers.retain(|name, values| {
                let mut values = values.as_array().into_iter().flatten();
                values.all(|value| value.as_str().is_some_and(|value| is_header(name, value)))
            });
        }
        serde_json::from_value(event).ok()
    })
}

/// A request of an HTTP API. `lambda_http` would put its URL together, which nobody here needs, and panic
/// where that is none: API Gateway hands on hosts, paths and queries that no standard on URLs knows. So it
/// gets nothing to put together, and the path goes beside the request.
fn http_api(mut request: ApiGatewayV2httpRequest) -> Event {
    request.body = decodable(request.body, request.is_base64_encoded);
    request.headers.remove(HOST);
    request.request_context.domain_name = None;
    request.request_context.stage = None;
    request.raw_query_string = None;
    let path = request.raw_path.take().unwrap_or_default();
    Event::Http { request: Box::new(LambdaRequest::ApiGatewayV2(request)), path }
}

/// A request of a REST API, likewise.
fn rest_api(mut request: ApiGatewayProxyRequest) -> Event {
    request.body = decodable(request.body, request.is_base64_encoded);
    request.headers.remove(HOST);
    request.request_context.domain_name = None;
    request.request_context.stage = None;
    request.query_string_parameters = QueryMap::default();
    request.multi_value_query_string_parameters = QueryMap::default();
    let path = request.path.take().unwrap_or_default();
    Event::Http { request: Box::new(LambdaRequest::ApiGatewayV1(request)), path }
}

/// A body, unless it says that it is base64 and isn't: `lambda_http` would panic. API Gateway never sends
/// such a body, but an event can come from elsewhere; without the body it is answered like any wrong one.
fn decodable(body: Option<String>, is_base64_encoded: bool) -> Option<String> {
    body.filter(|body| !is_base64_encoded || BASE64_STANDARD.decode(body).is_ok())
}

/// What a function answers, in the form that its trigger wants.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer<H> {
    /// To API Gateway.
    Http(H),
    /// To SQS: which messages have to be delivered again.
    Queue(queue::Failures),
    /// To a direct invoke, the operation's result.
    Direct(Box<RawValue>),
    /// To EventBridge, which doesn't listen.
    Done,
}

/// An invocation's failure: Lambda's function error.
pub struct FunctionError {
    error_type: String,
    message: String,
}

/// Without the message: `lambda_runtime` writes this into the log, and the message is for the caller; it
/// may repeat what was in the request, or tell who was deleted.
impl fmt::Debug for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error_type)
    }
}

impl From<FunctionError> for Diagnostic {
    fn from(error: FunctionError) -> Self {
        Self { error_type: error.error_type, error_message: error.message }
    }
}

/// Carries out whatever an event asks of the function of an operation.
pub async fn answer(
    store: &Store,
    operation: Operation,
    event: LambdaEvent<Event>,
) -> Result<Answer<impl Serialize>, FunctionError> {
    let LambdaEvent { payload, context } = event;
    match payload {
        Event::Http { request, path } => {
            let answer =
                |request: Request| http::answer(store, operation, request.with_raw_http_path(path.as_str()));
            let handler = service_fn(answer);
            match Adapter::from(handler).call(LambdaEvent::new(*request, context)).await {
                Ok(response) => Ok(Answer::Http(response)),
                Err(never) => match never {},
            }
        }
        Event::Queue(batch) => Ok(Answer::Queue(queue::work_off(store, operation, batch, &context).await)),
        Event::Bus(event) => bus::carry_out(store, operation, &event, &context).await.map(|()| Answer::Done),
        Event::Direct(body) => direct::carry_out(store, operation, &body, &context).await.map(Answer::Direct),
        Event::Unknown => Err(FunctionError {
            error_type: "unknown event".to_owned(),
            message: "the event must be one of API Gateway, SQS or EventBridge, or a request's body"
                .to_owned(),
        }),
    }
}
