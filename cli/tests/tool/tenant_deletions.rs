//! `contacts tenant delete`: deletes all data of the tenant, and no other.

use std::{collections::BTreeSet, process::Stdio};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use crate::harness::{Tool, contact, name_of};

/// Adds a tenant with settings, tokens, accounts and contacts: 42 items.
async fn add_tenant_with_data(tool: &Tool, tenant: &str) {
    tool.succeeds(&["tenant", "add", tenant]).await;
    for label in ["first", "second"] {
        tool.succeeds(&["token", "issue", tenant, "--label", label]).await;
    }
    tool.account(tenant, 3, Some("ACME"), Some("Acme Ltd")).await;
    tool.account(tenant, 4, None, Some("Other Ltd")).await;
    tool.contacts(tenant, (0..31).map(|number| contact(tenant, 3, &format!("Contact {number}")))).await;
}

/// Reads the keys of all items in the table.
async fn all_keys(tool: &Tool) -> BTreeSet<(String, String)> {
    let items = tool.client.scan().table_name("contacts").into_paginator().items().send();
    let items: Vec<_> = items.collect::<Result<_, _>>().await.unwrap();
    let text = |value: &aws_sdk_dynamodb::types::AttributeValue| value.as_s().unwrap().clone();
    items.iter().map(|item| (text(&item["pk"]), text(&item["sk"]))).collect()
}

#[tokio::test]
async fn a_deletion_deletes_all_of_the_tenant_and_no_other() {
    let tool = Tool::start().await;
    for other in ["a-b", "a0", "b", "aa"] {
        add_tenant_with_data(&tool, other).await;
    }
    let others = all_keys(&tool).await;
    add_tenant_with_data(&tool, "a").await;
    assert_ne!(all_keys(&tool).await, others);
    let deleted = tool.json(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    assert_eq!(deleted, json!({"tenant": "a", "tokens": 2, "items": 31 + 2 + 1 + 2}));
    assert_eq!(all_keys(&tool).await, others);
}

#[tokio::test]
async fn nothing_is_deleted_without_the_confirmation() {
    let tool = Tool::start().await;
    add_tenant_with_data(&tool, "a").await;
    let before = all_keys(&tool).await;
    let stderr = tool.fails(2, &["tenant", "delete", "a"]).await;
    assert!(stderr.contains("add `--confirm a` or `--yes`"), "{stderr}");
    let stderr = tool.fails(2, &["tenant", "delete", "a", "--confirm", "b"]).await;
    assert!(stderr.contains("Nothing was deleted"), "{stderr}");
    let stderr = tool.fails(4, &["tenant", "delete", "b", "--confirm", "b"]).await;
    assert!(stderr.contains("there is no tenant `b`"), "{stderr}");
    assert_eq!(all_keys(&tool).await, before);
}

#[tokio::test]
async fn yes_skips_the_question() {
    let tool = Tool::start().await;
    add_tenant_with_data(&tool, "a").await;
    let stderr = tool.fails(2, &["tenant", "delete", "a", "--yes", "--confirm", "b"]).await;
    assert!(stderr.contains("cannot be used with"), "{stderr}");
    let deleted = tool.json(&["tenant", "delete", "a", "--yes", "--wait", "0"]).await;
    assert_eq!(deleted["items"], 36);
    assert!(all_keys(&tool).await.is_empty());
}

#[tokio::test]
async fn an_interrupted_deletion_is_listed_and_can_be_finished() {
    let tool = Tool::start().await;
    add_tenant_with_data(&tool, "a").await;
    let mut deletion = tool.command(&["tenant", "delete", "a", "--confirm", "a", "--wait", "86400"]);
    let deletion = deletion.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let half_deleted = json!([{"tenant": "a", "state": "being_deleted"}]);
    while tool.json(&["tenant", "list"]).await != half_deleted {}
    let process = Pid::from_raw(i32::try_from(deletion.id().unwrap()).unwrap());
    kill(process, Signal::SIGINT).unwrap();
    let output = deletion.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("`contacts tenant delete a` finishes the deletion"), "{stderr}");

    // Its tokens are deleted, its data is not, and it can't be used or added again.
    assert_eq!(tool.store.tokens(&name_of("a")).await.unwrap().len(), 0);
    assert_eq!(tool.json(&["tenant", "list"]).await, half_deleted);
    let finishes = "`contacts tenant delete a` finishes";
    assert!(tool.fails(7, &["tenant", "add", "a"]).await.contains(finishes));
    assert!(tool.fails(4, &["tenant", "show", "a"]).await.contains(finishes));
    assert!(tool.fails(4, &["token", "issue", "a", "--label", "late"]).await.contains(finishes));
    assert!(tool.fails(4, &["tenant", "set", "a", "--time-zone", "UTC"]).await.contains(finishes));

    let deleted = tool.json(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    assert_eq!(deleted["items"], 36);
    assert!(all_keys(&tool).await.is_empty());
}

#[tokio::test]
async fn a_deleted_tenant_can_be_added_again_and_is_empty() {
    let tool = Tool::start().await;
    add_tenant_with_data(&tool, "a").await;
    tool.succeeds(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    tool.succeeds(&["tenant", "add", "a"]).await;
    for list in ["token", "account", "contact"] {
        assert_eq!(tool.json(&[list, "list", "a"]).await, json!([]), "{list}");
    }
}

#[tokio::test]
async fn a_tenant_of_several_pages_is_deleted() {
    let tool = Tool::start().await;
    tool.succeeds(&["tenant", "add", "a"]).await;
    tool.contacts("a", crate::table::large_contacts("a", 200)).await;
    let deleted = tool.json(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    assert_eq!(deleted["items"], 200);
    assert!(all_keys(&tool).await.is_empty());
}
