//! `contacts contact`.

use contacts_core::domain::{Contact, Description, Email};
use serde_json::json;

use crate::harness::{Tool, contact};

#[tokio::test]
async fn a_contact_is_shown_by_either_id_with_all_fields() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), Some("Acme Ltd")).await;
    let ann = Contact {
        email: Email::parse("ann@example.com").ok(),
        description: Description::parse("Ann, at \"Acme\"").ok(),
        ..contact("zegoal", 3, "Ann")
    };
    tool.contacts("zegoal", [ann.clone()]).await;
    let expected = json!({
        "account_id": 3, "account_code": "ACME", "account_name": "Acme Ltd",
        "contact_id": ann.id.get(), "link_id": ann.link_id.to_string(),
        "contact_name": "Ann", "contact_mobile_num": "067_1", "contact_type": "main_contact",
        "contact_email": "ann@example.com", "contact_desc": "Ann, at \"Acme\"",
    });
    let (contact_id, link_id) = (ann.id.to_string(), ann.link_id.to_string());
    for by in [["--contact-id", &contact_id], ["--link-id", &link_id]] {
        assert_eq!(tool.json(&[&["contact", "show", "zegoal"], &by[..]].concat()).await, expected);
    }
    let shown = tool.succeeds(&["contact", "show", "zegoal", "--link-id", &link_id]).await;
    assert!(shown.lines().any(|line| line == "contact_email       ann@example.com"), "{shown}");
}

#[tokio::test]
async fn missing_fields_are_left_out() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, None, None).await;
    let ann = contact("zegoal", 3, "Ann");
    tool.contacts("zegoal", [ann.clone()]).await;
    let shown = tool.json(&["contact", "show", "zegoal", "--contact-id", &ann.id.to_string()]).await;
    for lacking in ["account_code", "account_name", "contact_email", "contact_desc"] {
        assert!(shown.get(lacking).is_none(), "{shown}");
    }
}

#[tokio::test]
async fn contacts_of_another_link_id_or_tenant_are_not_shown() {
    let tool = Tool::with_tenant().await;
    tool.succeeds(&["tenant", "add", "acme"]).await;
    let ann = contact("zegoal", 3, "Ann");
    tool.contacts("zegoal", [ann.clone()]).await;
    let id = ann.id.to_string();
    let other = "91c615e3-1040-4815-8ecb-039a18b756b5";
    tool.fails(4, &["contact", "show", "acme", "--contact-id", &id]).await;
    let stderr = tool.fails(4, &["contact", "show", "zegoal", "--link-id", other]).await;
    assert!(stderr.contains("the tenant `zegoal` has no such contact"), "{stderr}");
}

#[tokio::test]
async fn a_list_has_the_accounts_contacts_and_says_if_there_are_more() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), None).await;
    tool.account("zegoal", 4, None, Some("Other Ltd")).await;
    tool.contacts("zegoal", (0..20).map(|number| contact("zegoal", 3, &format!("A {number}")))).await;
    tool.contacts("zegoal", (0..20).map(|number| contact("zegoal", 4, &format!("B {number}")))).await;
    let list = ["contact", "list", "zegoal"];
    for (by, initial) in [
        (["--account-id", "3"], 'A'),
        (["--account-code", "ACME"], 'A'),
        (["--account-name", "Other Ltd"], 'B'),
    ] {
        let listed = tool.json(&[&list[..], &by[..]].concat()).await;
        let listed = listed.as_array().unwrap();
        assert_eq!(listed.len(), 20, "{by:?}");
        assert!(listed.iter().all(|one| one["contact_name"].as_str().unwrap().starts_with(initial)));
    }
    assert_eq!(tool.json(&list).await.as_array().unwrap().len(), 40);
    let run = tool.run(&[&list[..], &["--limit", "39", "--json"]].concat()).await;
    let listed: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 39);
    assert!(run.stderr.contains("`contacts export zegoal` writes all"), "{}", run.stderr);
    let run = tool.run(&[&list[..], &["--limit", "40"]].concat()).await;
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (41, ""));
    let stderr = tool.fails(4, &["contact", "list", "zegoal", "--account-code", "NONE"]).await;
    assert!(stderr.contains("`contacts account list zegoal`"), "{stderr}");
}
