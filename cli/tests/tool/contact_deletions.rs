//! `contacts contact delete`.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
};
use contacts_core::domain::Right;
use contacts_tests::{TestTenant, expect_str, minimal_item, numbered_items, service_url};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Run, bare_command, finish};

/// A tenant with contacts on the account `ACME`.
struct Deletions {
    tenant: TestTenant,
    url: String,
}

impl Deletions {
    async fn new() -> Self {
        Self { tenant: TestTenant::new().await, url: service_url().to_owned() }
    }

    /// Creates contacts, and returns the results.
    async fn create(&self, count: u32) -> Vec<Value> {
        self.tenant.upsert_items(&numbered_items(1..=count)).await
    }

    async fn run_as(&self, token: &str, arguments: &[&str]) -> Run {
        let all = [&["contact", "delete", self.tenant.name()], arguments].concat();
        let mut command = bare_command(&all);
        command.env("CONTACTS_URL", &self.url).env("CONTACTS_TOKEN", token);
        finish(command).await
    }

    /// Runs the delete of contacts of `ACME`, confirmed.
    async fn delete(&self, arguments: &[&str]) -> Run {
        let account = ["--account-code", "ACME", "--yes", "--json"];
        self.run_as(self.tenant.token(), &[&account, arguments].concat()).await
    }
}

fn id_of(result: &Value) -> String {
    result["contact_id"].to_string()
}

fn parsed(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[track_caller]
fn assert_fails(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "no `{part}` in {run:?}");
    }
}

/// Starts a server that answers the n-th request with the n-th response, and the last for all later ones. Returns its
/// URL and the idempotency keys that it gets.
async fn fake_service(responses: Vec<(u16, Value)>) -> (String, Arc<Mutex<Vec<String>>>) {
    let keys = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&keys);
    let router = Router::new().fallback(async move |headers: HeaderMap| {
        let mut seen = seen.lock().unwrap();
        let (status, body) = responses.get(seen.len()).or(responses.last()).unwrap();
        seen.push(headers["idempotency-key"].to_str().unwrap().to_owned());
        (StatusCode::from_u16(*status).unwrap(), Json(body.clone()))
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, keys)
}

fn deleted_contact(id: u64) -> Value {
    json!({
        "contact_id": id, "link_id": "91c615e3-1040-4815-8ecb-039a18b756b5", "contact_name": "Ann",
        "contact_mobile_num": "067_1", "contact_type": "main_contact", "contact_email": null, "contact_desc": null,
    })
}

fn envelope(code: u8, text: &str, deleted: &[Value]) -> Value {
    json!({
        "processing_result": {"text": text, "status": if code == 0 { "ok" } else { "error" }, "code": code},
        "DeleteAccountContacts": {"response": {"deleted_contacts": deleted}, "request": null, "TZ": "UTC"},
    })
}

#[tokio::test]
async fn contacts_are_deleted_by_both_ids_and_printed() {
    let deletions = Deletions::new().await;
    let created = deletions.create(3).await;
    let link_id = expect_str(&created[1]["link_id"]);
    let run = deletions.delete(&["--contact-id", &id_of(&created[0]), "--link-id", link_id]).await;
    assert_eq!(run.code, 0, "{run:?}");
    let ids: Vec<_> = parsed(&run).as_array().unwrap().iter().map(id_of).collect();
    assert_eq!(ids, [id_of(&created[0]), id_of(&created[1])]);
    let left = deletions.tenant.table.contacts().await;
    assert_eq!(left.iter().map(|contact| &contact["link_id"]).collect::<Vec<_>>(), [&created[2]["link_id"]]);

    let arguments = ["--account-code", "ACME", "--yes", "--contact-id", &id_of(&created[2])];
    let run = deletions.run_as(deletions.tenant.token(), &arguments).await;
    assert!(run.stdout.contains("contact_mobile_num") && run.stdout.contains(&id_of(&created[2])), "{run:?}");
    assert!(run.stderr.contains("Deleted contacts: 1."), "{run:?}");
}

#[tokio::test]
async fn deleted_contacts_can_be_imported_again() {
    let deletions = Deletions::new().await;
    let item = json!({"contact_email": "ann@example.com", "contact_desc": "Tall"});
    let created = deletions.tenant.upsert_one(&contacts_tests::merged(minimal_item(), &item)).await;
    let before = deletions.tenant.table.contacts().await;
    let run = deletions.delete(&["--contact-id", &id_of(&created)]).await;
    let mut deleted = parsed(&run)[0].clone();
    deleted.as_object_mut().unwrap().remove("contact_id");
    assert_eq!(id_of(&deletions.tenant.upsert_one(&deleted).await), id_of(&created));
    let after = deletions.tenant.table.contacts().await;
    for field in ["link_id", "contact_name", "contact_email", "contact_desc"] {
        assert_eq!(after[0][field], before[0][field], "{field}");
    }
}

#[tokio::test]
async fn contacts_that_are_not_on_the_account_are_an_error() {
    let deletions = Deletions::new().await;
    let created = deletions.create(1).await;
    let run = deletions.delete(&["--contact-id", "17"]).await;
    assert_fails(&run, 4, &["contacts not found"]);
    let run = deletions.delete(&["--contact-id", "17", "--contact-id", &id_of(&created[0])]).await;
    assert_fails(&run, 4, &["not all contacts found"]);
    let arguments = ["--account-code", "NONE", "--yes", "--contact-id", "17"];
    let run = deletions.run_as(deletions.tenant.token(), &arguments).await;
    assert_fails(&run, 4, &["validation failed", "must name an account that exists"]);
    let run = deletions.delete(&["--contact-id", "17", "--contact-id", "17"]).await;
    assert_fails(&run, 2, &["must name each contact only once"]);
    assert_eq!(deletions.tenant.table.contacts().await.len(), 1);
}

#[tokio::test]
async fn a_delete_needs_a_valid_token_of_the_tenant() {
    let deletions = Deletions::new().await;
    let arguments = ["--account-code", "ACME", "--yes", "--contact-id", "17"];
    let run = deletions.run_as(&format!("{}.x", deletions.tenant.name()), &arguments).await;
    assert_fails(&run, 5, &["401", "contacts token issue"]);
    let run = deletions.run_as(&deletions.tenant.token_with(&[Right::Upsert]).await, &arguments).await;
    assert_fails(&run, 5, &["403", "the right `delete`"]);
    let run = deletions.run_as("another.secret", &arguments).await;
    assert_fails(&run, 2, &["the token is of the tenant `another`"]);
}

#[tokio::test]
async fn a_delete_is_confirmed_and_names_an_account_and_contacts() {
    let deletions = Deletions::new().await;
    let token = deletions.tenant.token();
    for (arguments, part) in [
        (
            &["--account-code", "ACME", "--contact-id", "17", "--contact-id", "18"][..],
            "the deletion of 2 contacts",
        ),
        (&["--account-code", "ACME", "--contact-id", "17"], "add `--yes`"),
        (&["--yes", "--contact-id", "17"], "--account-id"),
        (&["--yes", "--account-code", "ACME"], "--link-id"),
        (
            &["--yes", "--account-code", "ACME", "--account-id", "3", "--contact-id", "17"],
            "cannot be used with",
        ),
    ] {
        assert_fails(&deletions.run_as(token, arguments).await, 2, &[part]);
    }
}

#[tokio::test]
async fn a_delete_is_retried_with_the_same_key() {
    let busy = (503, json!({"error": "the service is busy"}));
    let done = (200, envelope(0, "success", &[deleted_contact(17)]));
    let (url, keys) = fake_service(vec![busy.clone(), busy, done]).await;
    let deletions = Deletions { url, ..Deletions::new().await };
    let run = deletions.delete(&["--contact-id", "17"]).await;
    assert_eq!((run.code, parsed(&run)[0]["contact_id"].as_u64()), (0, Some(17)), "{run:?}");
    let first = std::mem::take(&mut *keys.lock().unwrap());
    assert_eq!(first.len(), 3);
    assert!(first.iter().all(|key| *key == first[0]), "{first:?}");
    deletions.delete(&["--contact-id", "17"]).await;
    assert_ne!(keys.lock().unwrap()[0], first[0], "each run is an operation of its own");
}

#[tokio::test]
async fn a_partial_delete_lists_what_is_deleted() {
    let cut_off = (500, json!({"error": "internal error", "deleted_contacts": [deleted_contact(17)]}));
    let unknown = (500, json!({"error": "internal error"}));
    let vanished = (404, envelope(5, "not all contacts found", &[deleted_contact(17)]));
    for (responses, code, part) in
        [(vec![cut_off, unknown], 1, "the service fails"), (vec![vanished], 4, "not all contacts found")]
    {
        let (url, _) = fake_service(responses).await;
        let deletions = Deletions { url, ..Deletions::new().await };
        let run = deletions.delete(&["--contact-id", "17", "--contact-id", "18"]).await;
        assert_fails(&run, code, &[part, "Only a part was deleted"]);
        assert_eq!(parsed(&run).as_array().unwrap().len(), 1, "{run:?}");
        assert_eq!(parsed(&run)[0]["contact_id"], 17);
    }
}
