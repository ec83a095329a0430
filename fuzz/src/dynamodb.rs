//! The embedded DynamoDB without a network: the SDK's HTTP requests are handled within the process.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use aws_sdk_dynamodb::{
    Client,
    config::{RuntimeComponents, http::HttpRequest, http::HttpResponse, retry::RetryConfig},
};
use aws_smithy_runtime_api::{
    client::http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    http::StatusCode,
};
use dynoxide::errors::{DynoxideError, Result};
use embedded_dynamodb::Database;

/// An HTTP client of the SDK that calls a database within the process.
#[derive(Clone)]
pub(crate) struct InProcessDynamoDb {
    database: Database,
    has_written: Arc<AtomicBool>,
}

impl InProcessDynamoDb {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, has_written: Arc::default() }
    }

    /// A client of the SDK.
    pub(crate) fn client(&self) -> Client {
        let config = embedded_dynamodb::client_settings("http://localhost")
            .http_client(self.clone())
            .retry_config(RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// Whether a call may have written something since the last time that this was asked.
    pub(crate) fn take_has_written(&self) -> bool {
        self.has_written.swap(false, Relaxed)
    }

    fn call_database(&self, operation: &str, body: &[u8]) -> Result<Vec<u8>> {
        let database = &self.database;
        match operation {
            "BatchGetItem" => Ok(json(&database.batch_get_item(read(body)?)?)),
            "BatchExecuteStatement" => {
                self.has_written.store(true, Relaxed);
                Ok(json(&database.batch_execute_statement(read(body)?)?))
            }
            "TransactWriteItems" => {
                self.has_written.store(true, Relaxed);
                Ok(json(&database.transact_write_items(read(body)?)?))
            }
            other => panic!("the functions have never called {other} before"),
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| DynoxideError::ValidationException(error.to_string()))
}

fn json(response: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(response).expect("a response of the database is JSON")
}

impl std::fmt::Debug for InProcessDynamoDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcessDynamoDb")
    }
}

impl HttpConnector for InProcessDynamoDb {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = request.body().bytes().expect("the SDK has the whole body in memory");
        let (status, body) = match self.call_database(operation, body) {
            Ok(body) => (200, body),
            Err(error) => (error.status_code(), error.to_json().into_bytes()),
        };
        let status = StatusCode::try_from(status).expect("the database has valid statuses");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body.into())))
    }
}

impl HttpClient for InProcessDynamoDb {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
