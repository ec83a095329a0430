//! `contacts tenant delete`: everything of the tenant's goes, nothing of another's.

use std::{collections::BTreeSet, process::Stdio};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use crate::harness::{Tool, contact, name_of};

/// A tenant with some of everything: 42 items.
async fn furnish(tool: &Tool, tenant: &str) {
    tool.done(&["tenant", "add", tenant]).await;
    for label in ["first", "second"] {
        tool.done(&["token", "issue", tenant, "--label", label]).await;
    }
    tool.account(tenant, 3, Some("ACME"), Some("Acme Ltd")).await;
    tool.account(tenant, 4, None, Some("Other Ltd")).await;
    tool.contacts(tenant, (0..31).map(|number| contact(tenant, 3, &format!("Contact {number}")))).await;
}

/// The keys of everything that there is.
async fn everything(tool: &Tool) -> BTreeSet<(String, String)> {
    let items = tool.client.scan().table_name("contacts").into_paginator().items().send();
    let items: Vec<_> = items.collect::<Result<_, _>>().await.unwrap();
    let text = |value: &aws_sdk_dynamodb::types::AttributeValue| value.as_s().unwrap().clone();
    items.iter().map(|item| (text(&item["pk"]), text(&item["sk"]))).collect()
}

#[tokio::test]
async fn all_of_a_tenant_goes_and_nothing_of_another() {
    let tool = Tool::start().await;
    for other in ["a-b", "a0", "b", "aa"] {
        furnish(&tool, other).await;
    }
    let others = everything(&tool).await;
    furnish(&tool, "a").await;
    assert_ne!(everything(&tool).await, others);
    let deleted = tool.json(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    assert_eq!(deleted, json!({"tenant": "a", "tokens": 2, "items": 31 + 2 + 1 + 2}));
    assert_eq!(everything(&tool).await, others);
}

#[tokio::test]
async fn nothing_is_deleted_without_the_name() {
    let tool = Tool::start().await;
    furnish(&tool, "a").await;
    let before = everything(&tool).await;
    let said = tool.fails(2, &["tenant", "delete", "a"]).await;
    assert!(said.contains("add `--confirm a`"), "{said}");
    let said = tool.fails(2, &["tenant", "delete", "a", "--confirm", "b"]).await;
    assert!(said.contains("Nothing was deleted"), "{said}");
    let said = tool.fails(4, &["tenant", "delete", "b", "--confirm", "b"]).await;
    assert!(said.contains("there is no tenant `b`"), "{said}");
    assert_eq!(everything(&tool).await, before);
}

#[tokio::test]
async fn a_deletion_that_was_broken_off_is_listed_and_finished_by_another() {
    let tool = Tool::start().await;
    furnish(&tool, "a").await;
    let mut deletion = tool.command(&["tenant", "delete", "a", "--confirm", "a", "--wait", "86400"]);
    let deletion = deletion.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let half_deleted = json!([{"tenant": "a", "state": "being_deleted"}]);
    while tool.json(&["tenant", "list"]).await != half_deleted {}
    let process = Pid::from_raw(i32::try_from(deletion.id().unwrap()).unwrap());
    kill(process, Signal::SIGINT).unwrap();
    let output = deletion.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`contacts tenant delete a` finishes the deletion"), "{said}");

    // Its tokens are gone, its data is still there, and it can't be used or come back.
    assert_eq!(tool.store.tokens(&name_of("a")).await.unwrap().len(), 0);
    assert_eq!(tool.json(&["tenant", "list"]).await, half_deleted);
    let finishes = "`contacts tenant delete a` finishes";
    assert!(tool.fails(7, &["tenant", "add", "a"]).await.contains(finishes));
    assert!(tool.fails(4, &["tenant", "show", "a"]).await.contains(finishes));
    assert!(tool.fails(4, &["token", "issue", "a", "--label", "late"]).await.contains(finishes));
    assert!(tool.fails(4, &["tenant", "set", "a", "--time-zone", "UTC"]).await.contains(finishes));

    let deleted = tool.json(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    assert_eq!(deleted["items"], 36);
    assert!(everything(&tool).await.is_empty());
}

#[tokio::test]
async fn a_tenant_that_was_deleted_can_be_added_anew_and_has_nothing() {
    let tool = Tool::start().await;
    furnish(&tool, "a").await;
    tool.done(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    tool.done(&["tenant", "add", "a"]).await;
    for list in ["token", "account", "contact"] {
        assert_eq!(tool.json(&[list, "list", "a"]).await, json!([]), "{list}");
    }
}

#[tokio::test]
async fn a_tenant_of_several_pages_goes_as_a_whole() {
    let tool = Tool::start().await;
    tool.done(&["tenant", "add", "a"]).await;
    tool.contacts("a", crate::table::large_contacts("a", 200)).await;
    let deleted = tool.json(&["tenant", "delete", "a", "--confirm", "a", "--wait", "0"]).await;
    assert_eq!(deleted["items"], 200);
    assert!(everything(&tool).await.is_empty());
}
