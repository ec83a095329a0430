//! `contacts tenant`, except deletions.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts_core::{
    domain::{ContactTypes, Tenant, TimeZone},
    store::ListedTenant,
};
use serde_json::json;

use crate::harness::{Tool, name_of};

#[tokio::test]
async fn a_tenant_is_added_shown_and_listed() {
    let tool = Tool::start().await;
    let added = tool
        .json(&[
            "tenant",
            "add",
            "zegoal",
            "--time-zone",
            "Europe/Kiev",
            "--contact-types",
            "boss,main_contact",
        ])
        .await;
    let zegoal = json!({
        "tenant": "zegoal", "state": "active", "time_zone": "Europe/Kiev",
        "contact_types": ["boss", "main_contact"],
    });
    assert_eq!(added, zegoal);
    assert_eq!(tool.json(&["tenant", "show", "zegoal"]).await, zegoal);
    tool.succeeds(&["tenant", "add", "acme"]).await;
    let acme = json!({
        "tenant": "acme", "state": "active", "time_zone": "UTC",
        "contact_types": ["main_contact", "tech_spec", "manager"],
    });
    assert_eq!(tool.json(&["tenant", "list"]).await, json!([acme, zegoal]));
    let table = tool.succeeds(&["tenant", "list"]).await;
    assert_eq!(
        table,
        "tenant  state   time_zone    contact_types\n\
         acme    active  UTC          main_contact,tech_spec,manager\n\
         zegoal  active  Europe/Kiev  boss,main_contact\n"
    );
}

#[tokio::test]
async fn an_existing_tenant_is_not_added_again() {
    let tool = Tool::with_tenant().await;
    let stderr = tool.fails(7, &["tenant", "add", "zegoal", "--time-zone", "UTC"]).await;
    assert!(stderr.contains("`contacts tenant set zegoal` changes its settings"), "{stderr}");
    assert_eq!(tool.json(&["tenant", "show", "zegoal"]).await["time_zone"], "Europe/Kiev");
}

#[tokio::test]
async fn settings_that_are_not_given_stay() {
    let tool = Tool::with_tenant().await;
    let set = tool.json(&["tenant", "set", "zegoal", "--contact-types", "main_contact,boss"]).await;
    assert_eq!(set["time_zone"], "Europe/Kiev");
    assert_eq!(set["contact_types"], json!(["main_contact", "boss"]));
    let set = tool.json(&["tenant", "set", "zegoal", "--time-zone", "Europe/Berlin"]).await;
    assert_eq!(set["time_zone"], "Europe/Berlin");
    assert_eq!(set["contact_types"], json!(["main_contact", "boss"]));
}

#[tokio::test]
async fn a_time_zone_is_stored_in_the_databases_spelling() {
    let tool = Tool::start().await;
    tool.succeeds(&["tenant", "add", "zegoal", "--time-zone", "europe/kiev"]).await;
    assert_eq!(tool.json(&["tenant", "show", "zegoal"]).await["time_zone"], "Europe/Kiev");
    tool.succeeds(&["tenant", "set", "zegoal", "--time-zone", "asia/tokyo"]).await;
    assert_eq!(tool.json(&["tenant", "show", "zegoal"]).await["time_zone"], "Asia/Tokyo");
}

#[tokio::test]
async fn a_time_zone_that_was_stored_differently_is_readable() {
    let tool = Tool::with_tenant().await;
    let string = |text: &str| AttributeValue::S(text.to_owned());
    for (stored, shown) in [("asia/tokyo", "Asia/Tokyo"), ("Factory", "Factory")] {
        let update = tool.client.update_item().table_name("contacts");
        let update = update.key("pk", string("zegoal")).key("sk", string("TENANT"));
        let update = update.update_expression("SET time_zone = :zone");
        update.expression_attribute_values(":zone", string(stored)).send().await.unwrap();
        assert_eq!(tool.json(&["tenant", "show", "zegoal"]).await["time_zone"], shown);
        tool.succeeds(&["token", "issue", "zegoal", "--label", "crm", "--expires", "90d"]).await;
    }
}

#[tokio::test]
async fn set_does_not_create_a_tenant() {
    let tool = Tool::start().await;
    let stderr = tool.fails(4, &["tenant", "set", "zegoal", "--time-zone", "UTC"]).await;
    assert!(stderr.contains("there is no tenant `zegoal`. `contacts tenant list`"), "{stderr}");
    assert_eq!(tool.json(&["tenant", "list"]).await, json!([]));
    assert_eq!(tool.store.listed_tenant(&name_of("zegoal")).await, Ok(None));
}

#[tokio::test]
async fn set_lists_a_tenant_that_was_created_by_hand() {
    let tool = Tool::with_tenant().await;
    let key = [("pk", "TENANTS"), ("sk", "zegoal")];
    let call = tool.client.delete_item().table_name("contacts");
    key.into_iter()
        .fold(call, |call, (name, value)| call.key(name, AttributeValue::S(value.to_owned())))
        .send()
        .await
        .unwrap();
    assert_eq!(tool.json(&["tenant", "list"]).await, json!([]));
    tool.succeeds(&["tenant", "set", "zegoal", "--time-zone", "UTC"]).await;
    assert_eq!(tool.json(&["tenant", "list"]).await[0]["tenant"], "zegoal");
}

#[tokio::test]
async fn an_empty_list_has_a_hint_in_text_and_none_in_json() {
    let tool = Tool::start().await;
    let run = tool.run(&["tenant", "list"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "No tenants. `contacts tenant add NAME` adds one.\n");
    let run = tool.run(&["tenant", "list", "--json"]).await;
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("[]\n", ""));
}

#[tokio::test]
async fn all_tenants_of_several_reads_are_listed() {
    let tool = Tool::start().await;
    for number in 0..120 {
        let tenant = Tenant {
            name: name_of(&format!("tenant-{number:03}")),
            time_zone: TimeZone::utc(),
            contact_types: ContactTypes::default(),
        };
        tool.store.put_tenant(&tenant).await.unwrap();
    }
    let listed = tool.store.tenants().await.unwrap();
    assert!(listed.iter().all(|tenant| matches!(tenant, ListedTenant::Active(_))));
    let listed = tool.json(&["tenant", "list"]).await;
    let names: Vec<_> =
        listed.as_array().unwrap().iter().map(|tenant| tenant["tenant"].as_str().unwrap()).collect();
    let expected: Vec<_> = (0..120).map(|number| format!("tenant-{number:03}")).collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn invalid_arguments_are_rejected_with_the_rule() {
    let tool = Tool::start().await;
    for (arguments, rule) in [
        (&["tenant", "add", "Zegoal"][..], "must be 1 to 63 of a-z"),
        (&["tenant", "add", "zegoal", "--time-zone", "Mars/Base"], "must be a time zone's IANA name"),
        (&["tenant", "add", "zegoal", "--time-zone", "Factory"], "must be a time zone's IANA name"),
        (&["tenant", "add", "zegoal", "--contact-types", "boss"], "must hold `main_contact`"),
        (&["tenant", "set", "zegoal"], "--time-zone"),
    ] {
        let stderr = tool.fails(2, arguments).await;
        assert!(stderr.contains(rule), "{arguments:?}: {stderr}");
    }
}
