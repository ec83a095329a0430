//! The embedded DynamoDB without the network: the SDK hands its requests over in the process. They are as
//! they would go out, and the answers are the embedded DynamoDB's own.

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

/// The SDK's way to a database.
#[derive(Clone)]
pub(crate) struct InProcess {
    database: Database,
    wrote: Arc<AtomicBool>,
}

impl InProcess {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, wrote: Arc::default() }
    }

    /// A client whose calls end here.
    pub(crate) fn client(&self) -> Client {
        let config = embedded_dynamodb::client_settings("http://localhost")
            .http_client(self.clone())
            .retry_config(RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// Whether there was a call since the last time this was asked that may have written something.
    pub(crate) fn wrote(&self) -> bool {
        self.wrote.swap(false, Relaxed)
    }

    fn carry_out(&self, operation: &str, body: &[u8]) -> Result<Vec<u8>> {
        let database = &self.database;
        match operation {
            "BatchGetItem" => Ok(json(&database.batch_get_item(read(body)?)?)),
            "BatchExecuteStatement" => {
                self.wrote.store(true, Relaxed);
                Ok(json(&database.batch_execute_statement(read(body)?)?))
            }
            "TransactWriteItems" => {
                self.wrote.store(true, Relaxed);
                Ok(json(&database.transact_write_items(read(body)?)?))
            }
            other => panic!("the functions were not known to call {other}"),
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| DynoxideError::ValidationException(error.to_string()))
}

fn json(response: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(response).expect("an answer of the database can be written as JSON")
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = request.body().bytes().expect("the SDK sends what it has in memory");
        let (status, body) = match self.carry_out(operation, body) {
            Ok(body) => (200, body),
            Err(error) => (error.status_code(), error.to_json().into_bytes()),
        };
        let status = StatusCode::try_from(status).expect("the database knows HTTP's statuses");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body.into())))
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
