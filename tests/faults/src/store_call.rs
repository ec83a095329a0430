//! A call to the store, as the proxy got it: which operation it is, what it is about, and every way in
//! which it can go wrong.

use embedded_dynamodb::TABLE;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, StatusCode, body::Bytes};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

use crate::{Failure, draw::Draw, proxy::End};

/// The operations of DynamoDB that the service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    BatchGetItem,
    BatchExecuteStatement,
    TransactWriteItems,
}

impl Operation {
    /// The operation that the headers name.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let target = headers.get("x-amz-target")?.to_str().ok()?;
        match target.rsplit('.').next()? {
            "BatchGetItem" => Some(Self::BatchGetItem),
            "BatchExecuteStatement" => Some(Self::BatchExecuteStatement),
            "TransactWriteItems" => Some(Self::TransactWriteItems),
            _ => None,
        }
    }

    /// Whether it can change anything.
    pub(crate) fn writes(self) -> bool {
        self != Self::BatchGetItem
    }
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// It is one too many, says DynamoDB.
    Throttled,
    /// DynamoDB fails, and nothing was done.
    InternalError,
    /// A transaction collides with another.
    Conflict,
    /// It is done, and the answer is that DynamoDB failed.
    InternalErrorAfterwards,
    /// The connection is cut before DynamoDB has the call.
    CutBefore,
    /// It is done, and the connection is cut before the answer.
    CutAfter,
    /// It is done, and the connection is cut in the middle of the answer.
    CutWithin,
    /// Some statements, or some keys, are left undone.
    PartLeft,
    /// All statements are done, and some say that they weren't.
    PartDenied,
    /// It is done, and the answer takes its time.
    Slow,
    /// The function is killed before DynamoDB has the call.
    KilledBefore,
    /// It is done, and the function is killed.
    KilledAfter,
    /// The function is killed, and the call is done later.
    KilledWhileUnderWay,
    /// No answer comes while the function waits for it, and the call is done later.
    Stalled,
}

const OF_ALL: [Fault; 13] = [
    Fault::Throttled,
    Fault::Throttled,
    Fault::InternalError,
    Fault::InternalErrorAfterwards,
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::CutWithin,
    Fault::Slow,
    Fault::Slow,
    Fault::Slow,
    Fault::KilledBefore,
    Fault::KilledAfter,
    Fault::KilledWhileUnderWay,
];

impl Fault {
    /// A fault that can happen to this operation.
    pub(crate) fn draw(draw: &mut Draw, operation: Operation) -> Self {
        let own: &[Self] = match operation {
            Operation::BatchGetItem => &[Self::PartLeft],
            Operation::BatchExecuteStatement => &[Self::PartLeft, Self::PartDenied],
            Operation::TransactWriteItems => &[Self::Conflict],
        };
        if draw.chance(25) { draw.pick(own) } else { draw.pick(&OF_ALL) }
    }

    /// Whether the function learns from the answer what was done.
    pub(crate) fn is_heard(self) -> bool {
        matches!(self, Self::PartLeft | Self::Slow)
    }

    /// Whether the function is killed.
    pub(crate) fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter | Self::KilledWhileUnderWay)
    }
}

/// DynamoDB's error of this code.
pub(crate) fn error(status: StatusCode, code: &str) -> End {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    End::Whole(status, json!({"__type": kind, "message": ""}).to_string().into())
}

/// The error of a transaction that collided with another.
pub(crate) fn conflict(body: &Value) -> End {
    let count = body["TransactItems"].as_array().map_or(1, Vec::len);
    let reason =
        |place| json!({"Code": if place == 0 { "TransactionConflict" } else { "None" }, "Message": ""});
    let reasons: Vec<_> = (0..count).map(reason).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "",
        "Message": "",
        "CancellationReasons": reasons,
    });
    End::Whole(StatusCode::BAD_REQUEST, body.to_string().into())
}

/// The code of an error of one statement that passes by itself.
fn passing(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "TransactionConflict",
        "RequestLimitExceeded",
    ])
}

/// Takes some statements, or some keys, out of a call. [`Part::put_back`] completes the answer.
pub(crate) struct Part {
    operation: Operation,
    left: Vec<usize>,
    keys: Vec<Value>,
}

impl Part {
    /// Takes out what is drawn.
    pub(crate) fn take(draw: &mut Draw, operation: Operation, body: &mut Value) -> Self {
        let list = match operation {
            Operation::BatchGetItem => &mut body["RequestItems"][TABLE]["Keys"],
            _ => &mut body["Statements"],
        };
        let mut all = list.as_array().cloned().unwrap_or_default();
        if operation == Operation::BatchGetItem {
            // The functions name keys in any order.
            all.sort_by_key(ToString::to_string);
        }
        let left = draw.some_of(all.len());
        let (mut kept, mut keys) = (Vec::new(), Vec::new());
        for (place, one) in all.into_iter().enumerate() {
            if left.contains(&place) { keys.push(one) } else { kept.push(one) }
        }
        *list = Value::Array(kept);
        Self { operation, left, keys }
    }

    /// Whether nothing is left to be called.
    pub(crate) fn is_all(&self, body: &Value) -> bool {
        let list = match self.operation {
            Operation::BatchGetItem => &body["RequestItems"][TABLE]["Keys"],
            _ => &body["Statements"],
        };
        list.as_array().is_none_or(Vec::is_empty)
    }

    /// Adds to the answer that what was taken out is left undone.
    pub(crate) fn put_back(self, draw: &mut Draw, answer: &mut Value) {
        if self.operation == Operation::BatchGetItem {
            answer["UnprocessedKeys"] = json!({TABLE: {"Keys": self.keys, "ConsistentRead": true}});
            if answer["Responses"].is_null() {
                answer["Responses"] = json!({TABLE: []});
            }
            return;
        }
        if answer["Responses"].is_null() {
            answer["Responses"] = json!([]);
        }
        let code = passing(draw);
        if let Some(responses) = answer["Responses"].as_array_mut() {
            for place in self.left {
                responses.insert(place, failed(code));
            }
        }
    }
}

/// Has some statements that were done say that they weren't.
pub(crate) fn deny_some(draw: &mut Draw, answer: &mut Value) {
    if let Some(responses) = answer["Responses"].as_array_mut() {
        for place in draw.some_of(responses.len()) {
            responses[place] = failed("InternalServerError");
        }
    }
}

fn failed(code: &str) -> Value {
    json!({"Error": {"Code": code, "Message": ""}, "TableName": TABLE})
}

/// A client for what is on this machine.
pub(crate) type Client = legacy::Client<HttpConnector, Full<Bytes>>;

/// A client that nobody else uses.
pub(crate) fn client() -> Client {
    legacy::Client::builder(TokioExecutor::new()).build_http()
}

/// Passes a call on to DynamoDB.
pub(crate) async fn forward(
    client: &Client,
    url: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Bytes), Failure> {
    let mut request = Request::post(url);
    for name in ["x-amz-target", "content-type", "authorization", "x-amz-date"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = client.request(request.body(Full::new(body))?).await?;
    Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
}
