//! `contacts contact find`.

use contacts_core::domain::{AccountId, Contact, ContactId, ContactName, Email, LinkId, MobileNumber};
use serde_json::Value;

use crate::harness::{Tool, contact, name_of};

/// Builds a contact with this number and e-mail address.
fn person(account: u64, name: &str, number: &str, email: Option<&str>) -> Contact {
    let contact = contact("zegoal", account, name);
    let email = email.map(|email| Email::parse(email).unwrap());
    Contact { mobile_number: MobileNumber::parse(number).unwrap(), email, ..contact }
}

/// Starts a table with contacts on two accounts.
async fn with_people() -> Tool {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), None).await;
    tool.account("zegoal", 4, None, Some("Other Ltd")).await;
    let people = [
        person(3, "Ann Smith", "38067123", Some("Ann@Example.com")),
        person(3, "Bob", "+38 (067) 124", None),
        person(4, "ANNA", "067_1", Some("anna@example.org")),
    ];
    tool.contacts("zegoal", people).await;
    tool
}

/// Returns the names of the contacts that are found, in order of the alphabet.
async fn found(tool: &Tool, arguments: &[&str]) -> Vec<String> {
    let found = tool.json(&[&["contact", "find", "zegoal"], arguments].concat()).await;
    let name = |one: &Value| one["contact_name"].as_str().unwrap().to_owned();
    let mut names: Vec<_> = found.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn contacts_are_found_by_parts_of_their_fields() {
    let tool = with_people().await;
    for (arguments, expected) in [
        (&["--name", "ann"][..], &["ANNA", "Ann Smith"][..]),
        (&["--number", "+38 067-123"], &["Ann Smith"]),
        (&["--number", "38067"], &["Ann Smith", "Bob"]),
        (&["--email", "EXAMPLE"], &["ANNA", "Ann Smith"]),
        (&["--name", "ann", "--email", "example.org"], &["ANNA"]),
        (&["--name", "ann", "--account-code", "ACME"], &["Ann Smith"]),
        (&["--name", "ann", "--account-name", "Other Ltd"], &["ANNA"]),
    ] {
        assert_eq!(found(&tool, arguments).await, expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_search_reports_what_it_read_and_if_there_may_be_more() {
    let tool = with_people().await;
    let run = tool.run(&["contact", "find", "zegoal", "--name", "ann", "--limit", "1"]).await;
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run:?}");
    assert!(run.stderr.contains("There may be more contacts"), "{run:?}");
    let run = tool.run(&["contact", "find", "zegoal", "--name", "ann", "--limit", "2"]).await;
    assert!(run.stderr.starts_with("Compared contacts: 3. Consumed read units: "), "{run:?}");
    assert!(!run.stderr.contains("units: 0.") && !run.stderr.contains("more"), "{run:?}");
}

#[tokio::test]
async fn no_contact_found_is_exit_code_4() {
    let tool = with_people().await;
    let stderr = tool.fails(4, &["contact", "find", "zegoal", "--name", "Carl"]).await;
    assert!(stderr.contains("Compared contacts: 3.") && stderr.contains("no contacts found"), "{stderr}");
    tool.fails(4, &["contact", "find", "nobody", "--name", "Carl"]).await;
    tool.fails(2, &["contact", "find", "zegoal"]).await;
    let stderr = tool.fails(2, &["contact", "find", "zegoal", "--name", " "]).await;
    assert!(stderr.contains("--name must not be empty"), "{stderr}");
}

#[tokio::test]
async fn account_name_and_number_are_read_by_key() {
    let tool = with_people().await;
    let (name, number) = (ContactName::parse("Ann").unwrap(), MobileNumber::parse("067_9").unwrap());
    let link_id = LinkId::derive(&name_of("zegoal"), AccountId::parse("3").unwrap(), &name, &number);
    let id = ContactId::derive(&name_of("zegoal"), link_id);
    let ann = Contact { id, link_id, ..person(3, "Ann", "067_9", None) };
    tool.contacts("zegoal", [ann.clone()]).await;
    let by_key = ["contact", "find", "zegoal", "--account-id", "3", "--name", "Ann", "--number", "067_9"];
    let run = tool.run(&by_key).await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("Compared contacts: 1."), "{run:?}");
    assert!(run.stdout.contains(&id.to_string()), "{run:?}");

    // One that has another link_id is found by reading all.
    let by_fields =
        ["contact", "find", "zegoal", "--account-id", "3", "--name", "Bob", "--number", "+38 (067) 124"];
    let run = tool.run(&by_fields).await;
    assert!(run.stdout.contains("Bob") && run.stderr.contains("Compared contacts: 3."), "{run:?}");
}
