//! What can't be imported is refused before anything is sent, with what to do.

use std::process::Stdio;

use contacts::domain::Right;
use serde_json::Value;

use crate::import_runs::{Import, Ran, people};

#[track_caller]
fn assert_refused(ran: &Ran, code: i32, parts: &[&str]) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    for part in parts {
        assert!(ran.said.contains(part), "no `{part}` in {ran:?}");
    }
}

#[tokio::test]
async fn a_file_of_another_kind_is_told_by_what_it_looks_like() {
    let import = Import::new().await;
    let files: [(&str, &[u8], &str); 9] = [
        ("a.csv", b"PK\x03\x04\x14\0\x06\0", "save it as CSV"),
        ("b.csv", b"\x1f\x8b\x08\0\0\0", "zcat FILE | contacts import -"),
        ("c.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook"),
        ("d.csv", b"\x7fELF\x02\x01\0\0", "not a text file"),
        ("e.csv", b"contact_name,phone\nAnn,1\n", "unknown column `phone`"),
        ("f.csv", b"contact_name,contact_name\nAnn,1\n", "`contact_name` is there twice"),
        ("g.csv", b"Ann,067_1\nBob,067_2\n", "It must name the columns"),
        ("h.ndjson", b"contact_name,contact_mobile_num\n", "--format csv"),
        ("i.json", b"[{\"contact_name\": \"Ann\"}]", "jq -c"),
    ];
    for (name, content, part) in files {
        import.write(name, content);
        assert_refused(&import.run(&[name, "--account-code", "ACME"]).await, 2, &[name, part]);
    }
    assert_refused(&import.run(&["nowhere.csv"]).await, 4, &["nowhere.csv", "No such file"]);
    assert_eq!(import.tenant.table.accounts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_missing_url_or_token_is_asked_for_and_never_shown() {
    let import = Import::new().await;
    import.write("people.csv", people(1));
    for (variable, part) in [("CONTACTS_URL", "--url"), ("CONTACTS_TOKEN", "contacts token issue")] {
        let output = import.command(&["people.csv"]).env_remove(variable).stdin(Stdio::null()).output();
        assert_refused(&Ran::of(output.await.unwrap()), 2, &[part]);
    }
    let help = import.run_with(&["--help"], b"").await;
    assert!(help.printed.contains("EXIT CODES") && !help.printed.contains(&import.token));
}

#[tokio::test]
async fn a_token_is_not_sent_over_a_network_unencrypted() {
    let import = Import::new().await.at("http://contacts.example.com");
    import.write("people.csv", people(1));
    assert_refused(&import.run(&["people.csv"]).await, 2, &["https"]);
}

#[tokio::test]
async fn a_local_import_never_leaves_the_machine() {
    let import = Import::new().await.at("https://contacts.example.com");
    import.write("people.csv", people(1));
    let ran = import.run(&["people.csv", "--local"]).await;
    assert_refused(&ran, 2, &["--local", "contacts.example.com"]);
}

#[tokio::test]
async fn a_token_that_may_not_import_ends_it_with_what_to_do() {
    let import = Import::new().await;
    import.write("people.csv", people(10));
    let unknown = Import::new().await.with_token(format!("{}.x", import.tenant.name()));
    unknown.write("people.csv", people(10));
    let ran = unknown.run(&["people.csv"]).await;
    ran.assert(5, [0, 0, 0, 10]);
    assert_refused(&ran, 5, &["401", "contacts token issue"]);
    let token = import.tenant.token_with(&[Right::Delete]).await;
    let import = import.with_token(token);
    let ran = import.run(&["people.csv"]).await;
    ran.assert(5, [0, 0, 0, 10]);
    assert_refused(&ran, 5, &["403", "`upsert`"]);
}

#[tokio::test]
async fn a_service_that_is_somewhere_else_ends_it_with_what_to_do() {
    let import = Import::new().await.at("http://127.0.0.1:9");
    import.write("people.csv", people(10));
    let ran = import.run(&["people.csv", "--patience", "1s"]).await;
    ran.assert(6, [0, 0, 0, 10]);
    assert_refused(&ran, 6, &["can't be reached", "URL"]);
    let import = import.at(format!("{}/elsewhere", crate::import_runs::service_url()));
    let ran = import.run(&["people.csv"]).await;
    ran.assert(1, [0, 0, 0, 10]);
    assert_refused(&ran, 1, &["404", "Is that the service's URL?"]);
}
