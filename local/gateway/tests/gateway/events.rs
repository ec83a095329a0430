//! The events of requests.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestGateway;

#[tokio::test]
async fn event_has_the_fields_of_payload_format_2_0() {
    let gateway = TestGateway::start(1).await;
    let request = gateway.client.get(gateway.url("/known")).header("user-agent", "test");
    let event = gateway.event_of(request).await;
    assert_eq!((&event["version"], &event["rawPath"]), (&json!("2.0"), &json!("/known")));
    let context = &event["requestContext"];
    assert_eq!((&event["routeKey"], &context["routeKey"]), (&json!("GET /known"), &json!("GET /known")));
    assert_eq!(
        context["http"],
        json!({"method": "GET", "path": "/known", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"})
    );
    assert_eq!(context["stage"], "$default");
    assert!(context["time"].as_str().unwrap().ends_with(" +0000") && context["timeEpoch"].as_i64() > Some(0));
    assert_eq!(event.get("body"), None);
}

#[tokio::test]
async fn request_without_a_route_goes_to_the_default_route() {
    let gateway = TestGateway::start(1).await;
    for (method, path) in [(Method::POST, "/known"), (Method::OPTIONS, "/"), (Method::GET, "/other/%2f//x")] {
        let event = gateway.event_of(gateway.client.request(method.clone(), gateway.url(path))).await;
        assert_eq!((&event["routeKey"], &event["rawPath"]), (&json!("$default"), &json!(path)), "{method}");
        assert_eq!(event["requestContext"]["http"]["method"], method.as_str());
    }
}

#[tokio::test]
async fn headers_are_in_lower_case_and_joined_by_commas() {
    let gateway = TestGateway::start(1).await;
    let request = gateway.client.get(gateway.url("/")).header("X-Several", "a").header("X-SEVERAL", "b, c");
    assert_eq!(gateway.event_of(request).await["headers"]["x-several"], "a,b, c");
}

#[tokio::test]
async fn cookies_are_a_list_and_no_header() {
    let gateway = TestGateway::start(1).await;
    let event = gateway.event_of(gateway.client.get(gateway.url("/")).header("Cookie", "a=1; b=2")).await;
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"].get("cookie"), None);
}

#[tokio::test]
async fn query_string_is_raw_and_decoded() {
    let gateway = TestGateway::start(1).await;
    let event = gateway.event_of(gateway.client.get(gateway.url("/?a=1&b=x%20y&a=2&c=%ff"))).await;
    assert_eq!(event["rawQueryString"], "a=1&b=x%20y&a=2&c=%ff");
    assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": "x y", "c": "\u{fffd}"}));
}

/// Returns the event of a body with this content type.
async fn event_of_body(content_type: &'static str, encoding: Option<&str>, body: &'static [u8]) -> Value {
    let gateway = TestGateway::start(1).await;
    let mut request = gateway.client.post(gateway.url("/")).header("content-type", content_type).body(body);
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    gateway.event_of(request).await
}

#[tokio::test]
async fn text_is_passed_on_as_it_is() {
    for content_type in ["application/json", "Application/JSON; charset=utf-8", "text/plain"] {
        let event = event_of_body(content_type, None, "{\"é\": 1}".as_bytes()).await;
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{\"é\": 1}"), &json!(false)));
    }
}

#[tokio::test]
async fn body_that_is_not_text_is_passed_on_in_base64() {
    for (content_type, encoding, body, encoded) in [
        ("application/json", None, &b"\xff\xfe"[..], "//4="),
        ("application/octet-stream", None, b"{}", "e30="),
        ("application/json", Some("gzip"), b"{}", "e30="),
    ] {
        let event = event_of_body(content_type, encoding, body).await;
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(encoded), &json!(true)));
    }
}

#[tokio::test]
async fn answer_has_the_id_of_the_request_and_the_invocation() {
    let gateway = TestGateway::start(1).await;
    let response = gateway.client.get(gateway.url("/")).send().await.unwrap();
    let id = response.headers()["apigw-requestid"].to_str().unwrap().to_owned();
    let received: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (&received["requestId"], &received["event"]["requestContext"]["requestId"]),
        (&json!(id), &json!(id))
    );
    let reports = gateway.reports();
    assert!(reports.starts_with("GET / 200 ") && reports.ends_with(&format!(" ms {id}\n")), "{reports}");
}

#[tokio::test]
async fn invocation_has_a_deadline_and_a_sampled_trace() {
    let gateway = TestGateway::start(1).await;
    let (_, body) = gateway.get("/").await;
    let received: Value = serde_json::from_str(&body).unwrap();
    let time = received["event"]["requestContext"]["timeEpoch"].as_u64().unwrap();
    let left = received["deadline"].as_u64().unwrap() - time;
    assert!((1_500..10_000).contains(&left), "{left} ms");
    let trace = received["trace"].as_str().unwrap();
    assert!(trace.starts_with("Root=1-") && trace.ends_with(";Sampled=1"), "{trace}");
}
