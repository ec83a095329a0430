//! Routes and methods that are not there.

use contacts_tests::TestTenant;
use reqwest::Method;

#[tokio::test]
async fn a_path_that_is_not_there_is_a_404() {
    let tenant = TestTenant::new().await;
    for path in
        ["/", "/contact", "/contacts/", "/contacts/6", "/contacts/delete/6", "/v1/contacts", "/Contacts"]
    {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = tenant.send((method.clone(), path), "{}").await;
            assert_eq!(answer.status, 404, "{method} {path}");
            assert!(answer.body["error"].is_string(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_is_a_405_that_names_those_that_are() {
    let tenant = TestTenant::new().await;
    for (path, methods, allowed) in [
        ("/contacts", [Method::GET, Method::PUT, Method::PATCH], "POST, DELETE"),
        ("/contacts/delete", [Method::GET, Method::PUT, Method::DELETE], "POST"),
    ] {
        for method in methods {
            let answer = tenant.send((method.clone(), path), "{}").await;
            assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
            assert!(answer.body["error"].is_string(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_route_that_is_not_there_needs_no_token() {
    let tenant = TestTenant::new().await;
    assert_eq!(tenant.raw((Method::GET, "/nowhere"), &[], "").await.status, 404);
    assert_eq!(tenant.raw((Method::GET, "/contacts"), &[], "").await.status, 405);
}

#[tokio::test]
async fn a_query_string_changes_nothing() {
    let tenant = TestTenant::new().await;
    let answer = tenant.send((Method::POST, "/contacts?tenant=other&x=%ff"), "{}").await;
    assert_eq!(answer.body["error"], "Wrong JSON body: no value for `list_items`");
}
