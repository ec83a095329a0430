//! `contacts token`.

use contacts_core::domain::{Right, Token};
use jiff::Timestamp;
use serde_json::json;

use crate::harness::Tool;

#[tokio::test]
async fn an_issued_token_grants_its_rights() {
    let tool = Tool::with_tenant().await;
    let run = tool.run(&["token", "issue", "zegoal", "--label", "crm", "--right", "upsert,delete"]).await;
    assert_eq!(run.code, 0);
    // Standard output has the token alone.
    let token = run.stdout.strip_suffix('\n').unwrap();
    let (tenant, grant) = tool.authenticate(token).await.unwrap();
    assert_eq!(tenant.name.as_str(), "zegoal");
    assert_eq!(grant.rights, [Right::Upsert, Right::Delete]);
    assert_eq!((grant.label.as_str(), grant.expires_at), ("crm", None));
    assert!(!run.stderr.contains(token));
}

#[tokio::test]
async fn a_token_has_the_right_upsert_by_default() {
    let tool = Tool::with_tenant().await;
    let issued = tool.json(&["token", "issue", "zegoal", "--label", "crm"]).await;
    assert_eq!(issued["rights"], json!(["upsert"]));
    let delete = ["token", "issue", "zegoal", "--label", "crm", "--right", "delete", "--right", "delete"];
    assert_eq!(tool.json(&delete).await["rights"], json!(["delete"]));
}

#[tokio::test]
async fn rights_are_separated_by_commas_or_repeated() {
    let tool = Tool::with_tenant().await;
    for (options, rights) in [
        (&["--right", "upsert,delete"][..], json!(["upsert", "delete"])),
        (&["--right", "delete,upsert,delete"], json!(["delete", "upsert"])),
        (&["--right", "delete", "--right", "upsert"], json!(["delete", "upsert"])),
    ] {
        let arguments = [&["token", "issue", "zegoal", "--label", "crm"], options].concat();
        assert_eq!(tool.json(&arguments).await["rights"], rights, "{options:?}");
    }
    let stderr = tool.fails(2, &["token", "issue", "zegoal", "--label", "crm", "--right", "upsert,"]).await;
    assert!(stderr.contains("possible values: upsert, delete"), "{stderr}");
}

#[tokio::test]
async fn a_list_has_no_secrets() {
    let tool = Tool::with_tenant().await;
    let arguments = ["token", "issue", "zegoal", "--label", "crm", "--expires", "2124-01-31"];
    let issued = tool.json(&arguments).await;
    let token = issued["token"].as_str().unwrap();
    let digest = Token::parse(token).unwrap().digest;
    let mut expected = json!({
        "id": &digest.as_str()[..12], "label": "crm", "rights": ["upsert"],
        "expires_at": "2124-01-31T22:00:00Z", "expired": false,
    });
    assert_eq!(tool.json(&["token", "list", "zegoal"]).await, json!([expected]));
    let table = tool.succeeds(&["token", "list", "zegoal"]).await;
    assert!(table.contains("crm") && !table.contains(token.split_once('.').unwrap().1), "{table}");
    expected["token"] = json!(token);
    assert_eq!(issued, expected);
}

#[tokio::test]
async fn expiries_are_printed_in_the_tenants_time_zone() {
    let tool = Tool::with_tenant().await;
    let expires = ["--expires", "2124-07-01T12:00:00Z"];
    let run = tool.run(&[&["token", "issue", "zegoal", "--label", "crm"], &expires[..]].concat()).await;
    let local = "2124-07-01 15:00:00 +03:00 (Europe/Kiev)";
    assert!(run.stderr.contains(&format!("It is valid for upsert until {local}.")), "{run:?}");
    let table = tool.succeeds(&["token", "list", "zegoal"]).await;
    assert!(table.contains(local), "{table}");
    let listed = tool.json(&["token", "list", "zegoal"]).await;
    assert_eq!(listed[0]["expires_at"], "2124-07-01T12:00:00Z");
}

#[tokio::test]
async fn an_expired_token_is_listed_as_expired() {
    let tool = Tool::with_tenant().await;
    let issued = tool.json(&["token", "issue", "zegoal", "--label", "crm", "--expires", "1s"]).await;
    let expires_at: Timestamp = issued["expires_at"].as_str().unwrap().parse().unwrap();
    while Timestamp::now() < expires_at {
        tokio::task::yield_now().await;
    }
    assert_eq!(tool.json(&["token", "list", "zegoal"]).await[0]["expired"], true);
}

#[tokio::test]
async fn a_revoked_token_is_invalid_and_others_stay_valid() {
    let tool = Tool::with_tenant().await;
    let first = tool.json(&["token", "issue", "zegoal", "--label", "first"]).await;
    let second = tool.json(&["token", "issue", "zegoal", "--label", "second"]).await;
    let revoked = tool.json(&["token", "revoke", "zegoal", first["id"].as_str().unwrap()]).await;
    assert_eq!(revoked["label"], "first");
    let is_valid = async |issued: &serde_json::Value| {
        tool.authenticate(issued["token"].as_str().unwrap()).await.is_some()
    };
    assert!(!is_valid(&first).await);
    assert!(is_valid(&second).await);
    assert_eq!(tool.json(&["token", "list", "zegoal"]).await.as_array().unwrap().len(), 1);
    let run = tool.run(&["token", "revoke", "zegoal", &second["id"].as_str().unwrap().to_uppercase()]).await;
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("for up to another minute"), "{}", run.stderr);
}

#[tokio::test]
async fn an_unknown_or_ambiguous_id_revokes_no_token() {
    let tool = Tool::with_tenant().await;
    // Of seventeen ids, two begin with the same hexadecimal digit.
    for _ in 0..17 {
        tool.succeeds(&["token", "issue", "zegoal", "--label", "crm"]).await;
    }
    let listed = tool.json(&["token", "list", "zegoal"]).await;
    let first_digits: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|token| token["id"].as_str().unwrap()[..1].to_owned())
        .collect();
    let shared =
        first_digits.iter().find(|digit| first_digits.iter().filter(|other| other == digit).count() > 1);
    let stderr = tool.fails(2, &["token", "revoke", "zegoal", shared.unwrap()]).await;
    assert!(stderr.contains("Give more digits of the id"), "{stderr}");
    let stderr = tool.fails(4, &["token", "revoke", "zegoal", "0123456789abcdef"]).await;
    assert!(stderr.contains("`contacts token list zegoal` lists its tokens"), "{stderr}");
    let stderr = tool.fails(2, &["token", "revoke", "zegoal", "crm"]).await;
    assert!(stderr.contains("must be an id that `contacts token list` shows"), "{stderr}");
    assert_eq!(tool.json(&["token", "list", "zegoal"]).await, listed);
}

#[tokio::test]
async fn invalid_tokens_are_not_issued() {
    let tool = Tool::with_tenant().await;
    for (code, arguments, message) in [
        (4, &["token", "issue", "acme", "--label", "crm"][..], "there is no tenant `acme`"),
        (2, &["token", "issue", "zegoal"], "--label"),
        (2, &["token", "issue", "zegoal", "--label", " "], "must be 1 to 64 characters"),
        (
            2,
            &["token", "issue", "zegoal", "--label", "crm", "--expires", "2020-01-01"],
            "must be in the future",
        ),
        (
            2,
            &["token", "issue", "zegoal", "--label", "crm", "--expires", "soon"],
            "must be a duration like `90d`",
        ),
        (2, &["token", "issue", "zegoal", "--label", "crm", "--expires", "9999y"], "out of range"),
        (
            2,
            &["token", "issue", "zegoal", "--label", "crm", "--right", "read"],
            "possible values: upsert, delete",
        ),
        (4, &["token", "list", "acme"], "there is no tenant `acme`"),
    ] {
        let stderr = tool.fails(code, arguments).await;
        assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    }
    let run = tool.run(&["token", "list", "zegoal"]).await;
    assert_eq!(run.stderr, "No tokens. `contacts token issue zegoal --label LABEL` issues one.\n");
}
