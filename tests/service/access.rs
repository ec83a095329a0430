//! Who is let in.

use contacts::domain::Right;
use contacts_tests::{Answer, DELETE, TestTenant, UPSERT, ann, text};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

/// Where a token is needed.
fn operations() -> [(Method, &'static str); 3] {
    [UPSERT, DELETE, (Method::DELETE, "/contacts")]
}

/// Sends a body that is fine for neither operation with this `Authorization`.
async fn call(tenant: &TestTenant, operation: (Method, &'static str), authorization: &str) -> Answer {
    let headers = [("authorization", authorization), ("content-type", "application/json")];
    tenant.raw(operation, &headers, "{}").await
}

fn assert_log_in(answer: &Answer) {
    assert_eq!((answer.status, &answer.body), (401, &json!({"error": "Log In"})));
}

/// Both operations must refuse this `Authorization`.
async fn assert_refused(tenant: &TestTenant, authorization: &str) {
    for operation in operations() {
        assert_log_in(&call(tenant, operation, authorization).await);
    }
}

#[tokio::test]
async fn without_a_token_one_has_to_log_in() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        assert_log_in(&tenant.raw(operation, &[("content-type", "application/json")], "{}").await);
    }
}

#[tokio::test]
async fn a_garbled_token_is_none() {
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
async fn an_unknown_token_is_refused() {
    let tenant = TestTenant::new().await;
    assert_refused(&tenant, &format!("Bearer {}.{}", tenant.name(), "0".repeat(64))).await;
    assert_refused(&tenant, &format!("Bearer test-nobody.{}", "0".repeat(64))).await;
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let tenant = TestTenant::new().await;
    let token = tenant.token_until(Timestamp::now() - SignedDuration::from_secs(1)).await;
    assert_refused(&tenant, &format!("Bearer {token}")).await;
}

#[tokio::test]
async fn a_token_that_expires_later_is_good() {
    let tenant = TestTenant::new().await;
    let token = tenant.token_until(Timestamp::now() + SignedDuration::from_hours(1)).await;
    for operation in operations() {
        assert_eq!(call(&tenant, operation, &format!("Bearer {token}")).await.status, 400);
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused() {
    let tenant = TestTenant::new().await;
    assert_refused(&tenant, &format!("Bearer {}", tenant.revoked_token().await)).await;
}

#[tokio::test]
async fn a_token_of_another_tenant_is_refused() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    let upsert = json!({"tenant": other.name(), "account_code": "ACME", "list_items": [ann()]});
    assert_log_in(&tenant.upsert(&upsert).await);
    let delete = json!({"tenant": other.name(), "account_code": "ACME", "contacts": [{"contact_id": 6}]});
    assert_log_in(&tenant.delete(&delete).await);
    for unheard_of in ["test-nobody", "", "No Slug"] {
        assert_log_in(&tenant.upsert(&json!({"tenant": unheard_of, "list_items": [ann()]})).await);
    }
    for own in [&tenant, &other] {
        assert_eq!(own.table.contacts().await, Vec::<Value>::new());
        assert_eq!(own.table.accounts().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_secret_is_good_for_its_own_tenant_only() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    let (_, secret) = other.token().split_once('.').unwrap();
    assert_refused(&tenant, &format!("Bearer {}.{secret}", tenant.name())).await;
}

#[tokio::test]
async fn a_token_is_looked_at_before_the_body() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        assert_log_in(&tenant.raw(operation, &[("content-type", "application/json")], "no JSON").await);
    }
}

#[tokio::test]
async fn the_word_bearer_may_be_written_in_any_case() {
    let tenant = TestTenant::new().await;
    for scheme in ["bearer", "BEARER"] {
        assert_eq!(call(&tenant, UPSERT, &format!("{scheme} {}", tenant.token())).await.status, 400);
    }
}

#[tokio::test]
async fn a_token_without_the_right_is_told_which_right_it_lacks() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        let (has, lacks) =
            if operation == UPSERT { (Right::Delete, "upsert") } else { (Right::Upsert, "delete") };
        for rights in [vec![], vec![has]] {
            let token = tenant.token_with(&rights).await;
            let answer = call(&tenant, operation.clone(), &format!("Bearer {token}")).await;
            assert_eq!(answer.status, 403);
            let error = text(&answer.body["error"]);
            assert!(error.contains(&format!("`{lacks}`")), "{error}");
        }
    }
}

#[tokio::test]
async fn one_right_is_enough_for_its_own_operation() {
    let tenant = TestTenant::new().await;
    for operation in operations() {
        let right = if operation == UPSERT { Right::Upsert } else { Right::Delete };
        let token = tenant.token_with(&[right]).await;
        assert_eq!(call(&tenant, operation, &format!("Bearer {token}")).await.status, 400);
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let tenant = TestTenant::new().await;
    let first = call(&tenant, UPSERT, "").await;
    let second = call(&tenant, UPSERT, "").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}
