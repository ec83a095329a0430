//! Clients that hang up before their answer.

use std::io::Write;

use contacts_tests::{TestTenant, minimal_item, numbered_items, service_url};
use serde_json::json;

use crate::large_lists::TURN;

/// Sends an upsert and closes the connection at once.
fn send_and_hang_up(tenant: &TestTenant, body: &str) {
    let address = service_url().strip_prefix("http://").expect("the stack has no certificate");
    let head = format!(
        "POST /contacts HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        tenant.token(),
        body.len()
    );
    let mut connection = std::net::TcpStream::connect(address).expect("the service listens");
    connection
        .write_all(head.as_bytes())
        .and_then(|()| connection.write_all(body.as_bytes()))
        .expect("it reads");
}

#[tokio::test]
async fn request_after_40_hang_ups_is_answered_in_time() {
    let _turn = TURN.lock().await;
    let tenant = TestTenant::new().await;
    let list = json!({"account_code": "ACME", "list_items": numbered_items(1..=2_000)}).to_string();
    for _ in 0..10 {
        for _ in 0..40 {
            send_and_hang_up(&tenant, &list);
        }
        // The gateway answers 503 to a request that waits longer than 30 seconds for an environment.
        let response = tenant.upsert(&json!({"account_code": "ACME", "list_items": [minimal_item()]})).await;
        assert_eq!(response.results()[0]["success"], true);
    }
}
