//! Authorization: tokens and their rights.

use contacts_core::domain::Right;
use contacts_tests::{ApiResponse, DELETE, TestTenant, UPSERT, expect_str, minimal_item};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

/// The routes that require a token.
fn operations() -> [(Method, &'static str); 3] {
    [UPSERT, DELETE, (Method::DELETE, "/contacts")]
}

/// Sends a request with this `Authorization` and a body that both operations refuse with 400.
async fn call(tenant: &TestTenant, operation: (Method, &'static str), authorization: &str) -> ApiResponse {
    let headers = [("authorization", authorization), ("content-type", "application/json")];
    tenant.send_with_headers(operation, &headers, "{}").await
}

fn assert_unauthorized(response: &ApiResponse) {
    assert_eq!((response.status, &response.body), (401, &json!({"error": "Log In"})));
}

/// Checks that every route refuses this `Authorization`.
async fn assert_refused(tenant: &TestTenant, authorization: &str) {
    for operation in operations() {
        assert_unauthorized(&call(tenant, operation, authorization).await);
    }
}

#[tokio::test]
async fn request_without_a_token_is_unauthorized() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        assert_unauthorized(
            &tenant.send_with_headers(operation, &[("content-type", "application/json")], "{}").await,
        );
    }
}

#[tokio::test]
async fn malformed_token_is_refused() {
    let tenant = TestTenant::new().await;
    let token = tenant.token();
    let (_, secret) = token.split_once('.').unwrap();
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer .",
        token,
        &format!("Basic {token}"),
        &format!("Bearer {secret}"),
        &format!("Bearer {}.", tenant.name()),
        &format!("Bearer {token}0"),
        &format!("Bearer {token}.{token}"),
        &format!("Bearer {}", &token[..token.len() - 1]),
        &format!("Bearer {}", "x".repeat(4_000)),
    ] {
        assert_refused(&tenant, authorization).await;
    }
}

#[tokio::test]
async fn unknown_token_is_refused() {
    let tenant = TestTenant::new().await;
    assert_refused(&tenant, &format!("Bearer {}.{}", tenant.name(), "0".repeat(64))).await;
    assert_refused(&tenant, &format!("Bearer test-nobody.{}", "0".repeat(64))).await;
}

#[tokio::test]
async fn expired_token_is_refused() {
    let tenant = TestTenant::new().await;
    let token = tenant.token_until(Timestamp::now() - SignedDuration::from_secs(1)).await;
    assert_refused(&tenant, &format!("Bearer {token}")).await;
}

#[tokio::test]
async fn token_is_valid_until_it_expires() {
    let tenant = TestTenant::new().await;
    let token = tenant.token_until(Timestamp::now() + SignedDuration::from_hours(1)).await;
    for operation in operations() {
        assert_eq!(call(&tenant, operation, &format!("Bearer {token}")).await.status, 400);
    }
}

#[tokio::test]
async fn revoked_token_is_refused() {
    let tenant = TestTenant::new().await;
    assert_refused(&tenant, &format!("Bearer {}", tenant.revoked_token().await)).await;
}

#[tokio::test]
async fn token_of_another_tenant_is_refused() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    let upsert = json!({"tenant": other.name(), "account_code": "ACME", "list_items": [minimal_item()]});
    assert_unauthorized(&tenant.upsert(&upsert).await);
    let delete = json!({"tenant": other.name(), "account_code": "ACME", "contacts": [{"contact_id": 6}]});
    assert_unauthorized(&tenant.delete(&delete).await);
    for unknown in ["test-nobody", "", "No Slug"] {
        assert_unauthorized(
            &tenant.upsert(&json!({"tenant": unknown, "list_items": [minimal_item()]})).await,
        );
    }
    for either in [&tenant, &other] {
        assert_eq!(either.table.contacts().await, Vec::<Value>::new());
        assert_eq!(either.table.accounts().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn secret_is_valid_only_for_its_own_tenant() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    let (_, secret) = other.token().split_once('.').unwrap();
    assert_refused(&tenant, &format!("Bearer {}.{secret}", tenant.name())).await;
}

#[tokio::test]
async fn token_is_checked_before_the_body() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        assert_unauthorized(
            &tenant.send_with_headers(operation, &[("content-type", "application/json")], "no JSON").await,
        );
    }
}

#[tokio::test]
async fn tenant_is_checked_before_the_right_and_the_right_before_the_rest() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    let without_rights = tenant.token_with(&[]).await;
    for operation in operations() {
        for (token, named, status) in [
            (without_rights.as_str(), &other, 401),
            (tenant.token(), &other, 401),
            (without_rights.as_str(), &tenant, 403),
            (tenant.token(), &tenant, 400),
        ] {
            let authorization = format!("Bearer {token}");
            let headers = [("authorization", authorization.as_str()), ("idempotency-key", "not a key")];
            let body = json!({"tenant": named.name(), "unknown": 1}).to_string();
            let response = tenant.send_with_headers(operation.clone(), &headers, body.as_str()).await;
            assert_eq!(response.status, status, "{operation:?}");
        }
    }
}

#[tokio::test]
async fn bearer_scheme_is_case_insensitive() {
    let tenant = TestTenant::new().await;
    for scheme in ["bearer", "BEARER"] {
        assert_eq!(call(&tenant, UPSERT, &format!("{scheme} {}", tenant.token())).await.status, 400);
    }
}

#[tokio::test]
async fn forbidden_response_names_the_missing_right() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        let (has, lacks) =
            if operation == UPSERT { (Right::Delete, "upsert") } else { (Right::Upsert, "delete") };
        for rights in [vec![], vec![has]] {
            let token = tenant.token_with(&rights).await;
            let response = call(&tenant, operation.clone(), &format!("Bearer {token}")).await;
            assert_eq!(response.status, 403);
            let error = expect_str(&response.body["error"]);
            assert!(error.contains(&format!("`{lacks}`")), "{error}");
        }
    }
}

#[tokio::test]
async fn operation_requires_only_its_own_right() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        let right = if operation == UPSERT { Right::Upsert } else { Right::Delete };
        let token = tenant.token_with(&[right]).await;
        assert_eq!(call(&tenant, operation, &format!("Bearer {token}")).await.status, 400);
    }
}

#[tokio::test]
async fn each_response_has_its_own_request_id() {
    let tenant = TestTenant::new().await;
    let first = call(&tenant, UPSERT, "").await;
    let second = call(&tenant, UPSERT, "").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}
