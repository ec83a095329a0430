//! Calls to the store: which operation a call is, and how it is forwarded.

use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, StatusCode, body::Bytes};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::HarnessError;

/// An operation of DynamoDB that the service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoreOperation {
    BatchGetItem,
    Query,
    BatchExecuteStatement,
    TransactWriteItems,
}

impl StoreOperation {
    /// The operation that a call's headers name, if the service is known to use it.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let target = headers.get("x-amz-target")?.to_str().ok()?;
        match target.rsplit('.').next()? {
            "BatchGetItem" => Some(Self::BatchGetItem),
            "Query" => Some(Self::Query),
            "BatchExecuteStatement" => Some(Self::BatchExecuteStatement),
            "TransactWriteItems" => Some(Self::TransactWriteItems),
            _ => None,
        }
    }

    /// Whether the operation can change anything.
    pub(crate) fn is_write(self) -> bool {
        matches!(self, Self::BatchExecuteStatement | Self::TransactWriteItems)
    }
}

/// The embedded DynamoDB of a schedule.
pub(crate) struct StoreClient {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl StoreClient {
    /// A client of the DynamoDB at this address.
    pub(crate) fn new(url: String) -> Self {
        Self { client: legacy::Client::builder(TokioExecutor::new()).build_http(), url }
    }

    /// Forwards a call, and returns the status and the body of the answer.
    pub(crate) async fn forward(
        &self,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), HarnessError> {
        let mut request = Request::post(&self.url);
        for name in ["x-amz-target", "content-type", "authorization", "x-amz-date"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = self.client.request(request.body(Full::new(body))?).await?;
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
    }
}
