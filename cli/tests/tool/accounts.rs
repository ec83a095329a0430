//! `contacts account`.

use contacts_core::domain::{AccountCode, AccountReference};
use serde_json::json;

use crate::harness::{Tool, name_of};

#[tokio::test]
async fn an_added_account_is_shown_by_id_code_and_name() {
    let tool = Tool::with_tenant().await;
    let add = ["account", "add", "zegoal", "--id", "3", "--code", "ACME", "--name", "Acme Ltd"];
    let acme = json!({"account_id": 3, "account_code": "ACME", "account_name": "Acme Ltd"});
    assert_eq!(tool.json(&add).await, acme);
    for by in [["--id", "3"], ["--code", "ACME"], ["--name", "Acme Ltd"]] {
        assert_eq!(tool.json(&[&["account", "show", "zegoal"], &by[..]].concat()).await, acme, "{by:?}");
    }
    let shown = tool.succeeds(&["account", "show", "zegoal", "--id", "3"]).await;
    assert_eq!(shown, "account_id    3\naccount_code  ACME\naccount_name  Acme Ltd\n");
}

#[tokio::test]
async fn without_an_id_an_account_gets_the_id_an_upsert_would_give() {
    let tool = Tool::with_tenant().await;
    let added = tool.json(&["account", "add", "zegoal", "--code", "ACME", "--name", "Acme Ltd"]).await;
    let by_code = AccountReference::new(None, AccountCode::parse("ACME").ok(), None).unwrap();
    let upserted = by_code.new_account(&name_of("zegoal")).unwrap();
    assert_eq!(added["account_id"], upserted.id.get());
}

#[tokio::test]
async fn a_taken_key_is_named_and_nothing_is_stored() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), Some("Acme Ltd")).await;
    for (arguments, taken) in [
        (&["--id", "3"][..], "already has an account 3."),
        (&["--id", "4", "--code", "ACME"], "already has the code `ACME` (account 3)."),
        (&["--code", "NEW", "--name", "Acme Ltd"], "already has the name `Acme Ltd` (account 3)."),
        (&["--id", "3", "--code", "ACME"], "already has an account 3 and the code `ACME` (account 3)."),
    ] {
        let stderr = tool.fails(7, &[&["account", "add", "zegoal"], arguments].concat()).await;
        assert!(stderr.contains(taken), "{stderr}");
    }
    assert_eq!(tool.json(&["account", "list", "zegoal"]).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_has_all_accounts_ordered_by_id() {
    let tool = Tool::with_tenant().await;
    assert_eq!(tool.json(&["account", "list", "zegoal"]).await, json!([]));
    for id in (1..=40).rev() {
        tool.account("zegoal", id, None, Some(&format!("Account {id}"))).await;
    }
    let listed = tool.json(&["account", "list", "zegoal"]).await;
    let expected: Vec<_> =
        (1..=40).map(|id| json!({"account_id": id, "account_name": format!("Account {id}")})).collect();
    assert_eq!(listed, json!(expected));
}

#[tokio::test]
async fn errors_of_accounts_say_what_to_do() {
    let tool = Tool::with_tenant().await;
    for (code, arguments, message) in [
        (
            4,
            &["account", "show", "zegoal", "--id", "9"][..],
            "`contacts account list zegoal` lists its accounts",
        ),
        (4, &["account", "show", "zegoal", "--code", "NONE"], "has no such account"),
        (4, &["account", "list", "acme"], "there is no tenant `acme`"),
        (4, &["account", "add", "acme", "--id", "3"], "there is no tenant `acme`"),
        (2, &["account", "add", "zegoal"], "--id"),
        (2, &["account", "show", "zegoal"], "--id"),
        (2, &["account", "show", "zegoal", "--id", "3", "--code", "ACME"], "cannot be used with"),
        (2, &["account", "add", "zegoal", "--id", "0"], "must be an integer from 1 to 9007199254740991"),
    ] {
        let stderr = tool.fails(code, arguments).await;
        assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    }
}
