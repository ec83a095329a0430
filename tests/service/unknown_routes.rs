//! Unknown paths and methods.

use contacts_tests::{TestTenant, service_url};
use reqwest::{Method, header::HeaderValue};

#[tokio::test]
async fn unknown_path_is_a_404() {
    let tenant = TestTenant::new().await;
    for path in
        ["/", "/contact", "/contacts/", "/contacts/6", "/contacts/delete/6", "/v1/contacts", "/Contacts"]
    {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let response = tenant.send((method.clone(), path), "{}").await;
            assert_eq!(response.status, 404, "{method} {path}");
            assert!(response.body["error"].is_string(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn unknown_method_is_a_405_with_the_allowed_methods() {
    let tenant = TestTenant::new().await;
    for (path, methods, allowed) in [
        ("/contacts", [Method::GET, Method::PUT, Method::PATCH], "POST, DELETE"),
        ("/contacts/delete", [Method::GET, Method::PUT, Method::DELETE], "POST"),
    ] {
        for method in methods {
            let response = tenant.send((method.clone(), path), "{}").await;
            assert_eq!((response.status, response.header("allow")), (405, allowed), "{method} {path}");
            assert!(response.body["error"].is_string(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn preflight_of_a_browser_is_a_405() {
    let headers = [("origin", "https://example.com"), ("access-control-request-method", "POST")];
    let response =
        TestTenant::new().await.send_with_headers((Method::OPTIONS, "/contacts"), &headers, "").await;
    assert_eq!((response.status, response.header("allow")), (405, "POST, DELETE"));
    assert_eq!(response.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn head_request_is_a_405_without_a_body() {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.head(format!("{}/contacts", service_url())).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["allow"]),
        (405, &HeaderValue::from_static("POST, DELETE"))
    );
    assert!(response.headers().contains_key("x-request-id"));
    assert_eq!(response.text().await.unwrap(), "");
}

#[tokio::test]
async fn unknown_route_requires_no_token() {
    let tenant = TestTenant::new().await;
    assert_eq!(tenant.send_with_headers((Method::GET, "/nowhere"), &[], "").await.status, 404);
    assert_eq!(tenant.send_with_headers((Method::GET, "/contacts"), &[], "").await.status, 405);
}

#[tokio::test]
async fn query_string_is_ignored() {
    let tenant = TestTenant::new().await;
    let response = tenant.send((Method::POST, "/contacts?tenant=other&x=%ff"), "{}").await;
    assert_eq!(response.body["error"], "Wrong JSON body: no value for `list_items`");
}
