//! A client whose calls end in an embedded database of the same process. The requests and responses are those
//! that would go over the network, as the SDK writes and reads them.

use std::{fmt, io, sync::Arc};

use aws_sdk_dynamodb::{
    Client,
    config::{
        HttpClient, RuntimeComponents,
        http::{HttpRequest, HttpResponse},
        retry::RetryConfig,
    },
    error::BoxError,
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        result::ConnectorError,
    },
    http::StatusCode,
};
use dynoxide::errors::DynoxideError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::task::yield_now;

use crate::{
    client_settings::client_settings,
    database::{Database, in_memory_database},
    error::StartError,
    faults::{Fault, Faults},
    table_definition::TABLE,
};

/// Returns a client of a database in this process. It does not retry.
///
/// Before each call, `fault_of` gets the name of its DynamoDB operation, such as `BatchGetItem`, and its request,
/// and decides whether a fault happens to it: `move |operation, request| faults.take(operation, request)` for [`Faults`], as [`in_process_client_with`]
/// does, or `|_, _| None` for none.
///
/// The client has the operations that the contacts' store calls; any other is an error.
#[must_use]
pub fn in_process_client(
    database: Database,
    fault_of: impl Fn(&str, &[u8]) -> Option<Fault> + Send + Sync + 'static,
) -> Client {
    // The URL is never resolved, but the SDK needs one.
    let settings = client_settings("http://localhost").retry_config(RetryConfig::disabled());
    Client::from_conf(settings.http_client(InProcess { database, fault_of: Arc::new(fault_of) }).build())
}

/// Returns a client of a new database in this process, with an empty table. Its calls get the scheduled faults.
pub fn in_process_client_with(faults: &Faults) -> Result<Client, StartError> {
    let faults = faults.clone();
    let fault_of = move |operation: &str, request: &[u8]| faults.take(operation, request);
    Ok(in_process_client(in_memory_database()?, fault_of))
}

type FaultOf = dyn Fn(&str, &[u8]) -> Option<Fault> + Send + Sync;

#[derive(Clone)]
struct InProcess {
    database: Database,
    fault_of: Arc<FaultOf>,
}

/// A status and a body.
type Response = (u16, Vec<u8>);

impl InProcess {
    fn respond(&self, operation: &str, body: &[u8]) -> Result<Response, ConnectorError> {
        match (self.fault_of)(operation, body) {
            None => self.pass_on(operation, body),
            Some(Fault::Disconnect) => {
                let reset = io::Error::from(io::ErrorKind::ConnectionReset);
                Err(ConnectorError::other(reset.into(), None))
            }
            Some(Fault::Throttle) => Ok(error_response(400, "ThrottlingException")),
            Some(Fault::LoseResponse) => {
                self.pass_on(operation, body)?;
                Ok(error_response(500, "InternalServerError"))
            }
            Some(Fault::ProcessHalf) => self.process_half(operation, body),
        }
    }

    fn pass_on(&self, operation: &str, body: &[u8]) -> Result<Response, ConnectorError> {
        let database = &self.database;
        let result = match operation {
            "BatchExecuteStatement" => run(body, |request| database.batch_execute_statement(request)),
            "BatchGetItem" => run(body, |request| database.batch_get_item(request)),
            "BatchWriteItem" => run(body, |request| database.batch_write_item(request)),
            "DeleteItem" => run(body, |request| database.delete_item(request)),
            "GetItem" => run(body, |request| database.get_item(request)),
            "Query" => run(body, |request| database.query(request)),
            "TransactWriteItems" => run(body, |request| database.transact_write_items(request)),
            _ => return Err(user_error(format!("the in-process DynamoDB has no {operation}"))),
        };
        Ok(match result {
            Ok(body) => (200, body),
            Err(error) => (error.status_code(), error.to_json().into_bytes()),
        })
    }

    fn process_half(&self, operation: &str, body: &[u8]) -> Result<Response, ConnectorError> {
        let request = serde_json::from_slice(body).map_err(user_error)?;
        match operation {
            "BatchGetItem" => self.get_half(request),
            "BatchExecuteStatement" => self.execute_half(request),
            "BatchWriteItem" => self.write_half(request),
            _ => Err(user_error(format!("{operation} has no half to process"))),
        }
    }

    fn get_half(&self, mut request: Value) -> Result<Response, ConnectorError> {
        let of_table = &mut request["RequestItems"][TABLE];
        let mut unprocessed = of_table.clone();
        let rest = second_half(&mut of_table["Keys"]);
        let (status, body) = self.pass_on("BatchGetItem", request.to_string().as_bytes())?;
        let mut response: Value = serde_json::from_slice(&body).map_err(user_error)?;
        if !rest.is_empty() {
            unprocessed["Keys"] = rest.into();
            response["UnprocessedKeys"] = json!({TABLE: unprocessed});
        }
        Ok((status, response.to_string().into_bytes()))
    }

    fn write_half(&self, mut request: Value) -> Result<Response, ConnectorError> {
        let rest = second_half(&mut request["RequestItems"][TABLE]);
        let (status, body) = self.pass_on("BatchWriteItem", request.to_string().as_bytes())?;
        let mut response: Value = serde_json::from_slice(&body).map_err(user_error)?;
        if !rest.is_empty() {
            response["UnprocessedItems"] = json!({TABLE: rest});
        }
        Ok((status, response.to_string().into_bytes()))
    }

    fn execute_half(&self, mut request: Value) -> Result<Response, ConnectorError> {
        let rest = second_half(&mut request["Statements"]);
        let (status, body) = self.pass_on("BatchExecuteStatement", request.to_string().as_bytes())?;
        let mut response: Value = serde_json::from_slice(&body).map_err(user_error)?;
        // There are no responses if the whole call was refused.
        if let Some(responses) = response["Responses"].as_array_mut() {
            let throttled = json!({"Error": {"Code": "ThrottlingError", "Message": ""}});
            responses.extend(rest.iter().map(|_| throttled.clone()));
        }
        Ok((status, response.to_string().into_bytes()))
    }
}

/// Removes the second half of an array and returns it. The first half is rounded up.
fn second_half(array: &mut Value) -> Vec<Value> {
    let array = array.as_array_mut().expect("the SDK writes a batch as an array");
    array.split_off(array.len().div_ceil(2))
}

/// Reads a request, runs it, and writes its response.
fn run<Q: DeserializeOwned, R: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Q) -> Result<R, DynoxideError>,
) -> Result<Vec<u8>, DynoxideError> {
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    Ok(serde_json::to_vec(&operation(request)?).expect("a response can be written as JSON"))
}

fn error_response(status: u16, code: &str) -> Response {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": ""});
    (status, body.to_string().into_bytes())
}

fn user_error(error: impl Into<BoxError>) -> ConnectorError {
    ConnectorError::user(error.into())
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move {
            // Lets concurrent calls interleave, as they do over a network.
            yield_now().await;
            let target = request.headers().get("x-amz-target").expect("the SDK names the operation");
            let (_, operation) = target.split_once('.').expect("it names the API's version before");
            let body = request.body().bytes().expect("the SDK sends requests of DynamoDB from memory");
            let (status, body) = connector.respond(operation, body)?;
            let status = StatusCode::try_from(status).expect("the database returns statuses of HTTP");
            Ok(HttpResponse::new(status, body.into()))
        })
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::types::{
        AttributeValue, BatchStatementRequest, DeleteRequest, KeysAndAttributes, WriteRequest,
    };

    use super::*;

    fn key(sort_key: &str) -> HashMap<String, AttributeValue> {
        let attribute = |value: &str| AttributeValue::S(value.to_owned());
        HashMap::from([("pk".to_owned(), attribute("tenant")), ("sk".to_owned(), attribute(sort_key))])
    }

    fn insert(sort_key: &str) -> BatchStatementRequest {
        let statement = format!(r#"INSERT INTO "{TABLE}" VALUE {{'pk': 'tenant', 'sk': '{sort_key}'}}"#);
        BatchStatementRequest::builder().statement(statement).build().unwrap()
    }

    async fn exists(client: &Client, sort_key: &str) -> bool {
        let call = client.get_item().table_name(TABLE).set_key(Some(key(sort_key)));
        call.send().await.unwrap().item.is_some()
    }

    #[tokio::test]
    async fn only_a_call_with_a_lost_response_has_an_effect() {
        let faults = Faults::default();
        let client = in_process_client_with(&faults).unwrap();
        for (fault, code, effect) in [
            (Fault::Throttle, "ThrottlingException", false),
            (Fault::LoseResponse, "InternalServerError", true),
        ] {
            faults.add("BatchExecuteStatement", fault);
            let error = client.batch_execute_statement().statements(insert("a")).send().await.unwrap_err();
            assert_eq!(error.into_service_error().meta().code(), Some(code));
            assert_eq!(exists(&client, "a").await, effect);
        }
    }

    #[tokio::test]
    async fn half_processed_batch_returns_the_rest_as_throttled() {
        let faults = Faults::default();
        let client = in_process_client_with(&faults).unwrap();
        faults.add("BatchExecuteStatement", Fault::ProcessHalf);
        let statements = ["a", "b", "c"].map(insert).to_vec();
        let written = client.batch_execute_statement().set_statements(Some(statements)).send().await.unwrap();
        let failed: Vec<_> =
            written.responses.unwrap().iter().map(|response| response.error.is_some()).collect();
        assert_eq!(failed, [false, false, true]);

        faults.add("BatchGetItem", Fault::ProcessHalf);
        let keys = KeysAndAttributes::builder().set_keys(Some(["a", "b", "c"].map(key).to_vec()));
        let keys = keys.consistent_read(true).build().unwrap();
        let read = client.batch_get_item().request_items(TABLE, keys).send().await.unwrap();
        assert_eq!(read.responses.unwrap()[TABLE].len(), 2);
        let unprocessed = &read.unprocessed_keys.unwrap()[TABLE];
        assert_eq!(unprocessed.keys, [key("c")]);
        assert_eq!(unprocessed.consistent_read, Some(true));

        faults.add("BatchWriteItem", Fault::ProcessHalf);
        let deletes = ["a", "b"].map(|sort_key| {
            let delete = DeleteRequest::builder().set_key(Some(key(sort_key))).build().unwrap();
            WriteRequest::builder().delete_request(delete).build()
        });
        let outcome = client.batch_write_item().request_items(TABLE, deletes.to_vec()).send().await.unwrap();
        assert_eq!(outcome.unprocessed_items.unwrap()[TABLE], deletes[1..]);
        assert!(!exists(&client, "a").await && exists(&client, "b").await);
    }
}
