//! Imports that are rejected before any row is sent; the message says what to do.

use std::process::Stdio;

use contacts_core::domain::Right;
use contacts_tests::service_url;
use serde_json::Value;

use crate::import_runs::{FinishedImport, Import, people};

#[track_caller]
fn assert_fails(finished: &FinishedImport, code: i32, parts: &[&str]) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
    for part in parts {
        assert!(finished.stderr.contains(part), "no `{part}` in {finished:?}");
    }
}

#[tokio::test]
async fn unsupported_files_are_rejected_by_their_content() {
    let import = Import::new().await;
    let files: [(&str, &[u8], &str); 12] = [
        ("a.csv", b"PK\x03\x04\x14\0\x06\0", "is a zip archive, but not an Excel workbook"),
        ("b.csv", b"\x1f\x8b\x08\0\0\0", "zcat FILE | contacts import -"),
        ("c.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook"),
        ("d.csv", b"\x7fELF\x02\x01\0\0", "not a text file"),
        ("e.csv", b"contact_name,phone\nAnn,1\n", "unknown column `phone`"),
        ("f.csv", b"contact_name,contact_name\nAnn,1\n", "`contact_name` is there twice"),
        ("g.csv", b"Ann,067_1\nBob,067_2\n", "It must name the columns"),
        ("h.ndjson", b"contact_name,contact_mobile_num\n", "--format csv"),
        ("i.ndjson", b"[{\"contact_name\": \"Ann\"}]", "--format json"),
        ("j.csv", b"", "is empty"),
        ("k.ndjson", b"\xef\xbb\xbf\n\n", "is empty"),
        ("l.xlsx", b"contact_name\n", "--format csv"),
    ];
    for (name, content, part) in files {
        import.write(name, content);
        assert_fails(&import.run(&[name, "--account-code", "ACME"]).await, 2, &[name, part]);
    }
    assert_fails(&import.run(&["nowhere.csv"]).await, 4, &["nowhere.csv", "No such file"]);
    assert_eq!(import.tenant.table.accounts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_missing_url_or_token_is_an_error() {
    let import = Import::new().await;
    import.write("people.csv", people(1));
    for (variable, part) in [("CONTACTS_URL", "--url"), ("CONTACTS_TOKEN", "contacts token issue")] {
        let output = import.command(&["people.csv"]).env_remove(variable).stdin(Stdio::null()).output();
        assert_fails(&FinishedImport::new(output.await.unwrap()), 2, &[part]);
    }
    let help = import.run_with(&["--help"], b"").await;
    assert!(help.stdout.contains("EXIT CODES") && !help.stdout.contains(&import.token));
}

#[tokio::test]
async fn an_empty_url_or_token_counts_as_not_set() {
    let import = Import::new().await;
    import.write("people.csv", people(1));
    for (variable, part) in [("CONTACTS_URL", "URL is not set"), ("CONTACTS_TOKEN", "no token is set")] {
        let output = import.command(&["people.csv"]).env(variable, " ").stdin(Stdio::null()).output();
        assert_fails(&FinishedImport::new(output.await.unwrap()), 2, &[part]);
    }
}

#[tokio::test]
async fn a_token_is_not_sent_unencrypted_over_a_network() {
    let import = Import::new().await.at("http://contacts.example.com");
    import.write("people.csv", people(1));
    assert_fails(&import.run(&["people.csv"]).await, 2, &["https"]);
}

#[tokio::test]
async fn a_local_import_rejects_a_remote_url() {
    let import = Import::new().await.at("https://contacts.example.com");
    import.write("people.csv", people(1));
    let finished = import.run(&["people.csv", "--local"]).await;
    assert_fails(&finished, 2, &["--local", "contacts.example.com"]);
}

#[tokio::test]
async fn an_invalid_token_ends_the_import() {
    let import = Import::new().await;
    import.write("people.csv", people(10));
    let unknown = Import::new().await.with_token(format!("{}.x", import.tenant.name()));
    unknown.write("people.csv", people(10));
    let finished = unknown.run(&["people.csv"]).await;
    finished.assert(5, [0, 0, 0, 10]);
    assert_fails(&finished, 5, &["401", "contacts token issue"]);
    let token = import.tenant.token_with(&[Right::Delete]).await;
    let import = import.with_token(token);
    let finished = import.run(&["people.csv"]).await;
    finished.assert(5, [0, 0, 0, 10]);
    assert_fails(&finished, 5, &["403", "`upsert`"]);
}

#[tokio::test]
async fn a_wrong_url_ends_the_import() {
    let import = Import::new().await.at("http://127.0.0.1:9");
    import.write("people.csv", people(10));
    let finished = import.run(&["people.csv", "--patience", "1s"]).await;
    finished.assert(6, [0, 0, 0, 10]);
    assert_fails(&finished, 6, &["can't be reached", "URL"]);
    let import = import.at(format!("{}/elsewhere", service_url()));
    let finished = import.run(&["people.csv"]).await;
    finished.assert(1, [0, 0, 0, 10]);
    assert_fails(&finished, 1, &["404", "Is that the service's URL?"]);
}
