//! Lambda's `Invoke` API.

use serde_json::{Value, json};

use crate::harness::TestGateway;

async fn invoke(gateway: &TestGateway, function: &str, payload: impl Into<String>) -> reqwest::Response {
    let url = gateway.url(&format!("/2015-03-31/functions/{function}/invocations"));
    gateway.client.post(url).body(payload.into()).send().await.expect("an answer")
}

#[tokio::test]
async fn payload_is_the_event_and_the_response_is_the_answer() {
    let gateway = TestGateway::start(1).await;
    let response = invoke(&gateway, "sample", r#"{"rawPath": "/x"}"#).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let received: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(received["event"], json!({"rawPath": "/x"}));
}

#[tokio::test]
async fn function_error_is_a_200_with_the_header_of_lambda() {
    let gateway = TestGateway::start(1).await;
    for (path, error) in [("/error", "a function error"), ("/exit", "Runtime exited with exit status: 3")] {
        let response = invoke(&gateway, "sample", json!({"rawPath": path}).to_string()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-amz-function-error"], "Unhandled");
        let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert!(answer["errorMessage"].as_str().unwrap().contains(error), "{answer}");
        assert!(answer["errorType"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn unknown_function_is_a_404_that_names_the_functions() {
    let gateway = TestGateway::start(1).await;
    let response = invoke(&gateway, "other", "{}").await;
    assert_eq!(response.status(), 404);
    assert!(response.text().await.unwrap().contains("sample"));
}

#[tokio::test]
async fn payload_of_more_than_6_mb_is_a_413() {
    let gateway = TestGateway::start(1).await;
    assert_eq!(invoke(&gateway, "sample", " ".repeat(7_000_000)).await.status(), 413);
}
