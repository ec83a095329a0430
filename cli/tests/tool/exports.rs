//! `contacts export`: exactly the stored contacts.

use std::{collections::BTreeMap, fs, os::unix::fs::symlink, process::Stdio};

use contacts_core::domain::{Contact, ContactName, ContactType, Description, Email, MobileNumber};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::{
    harness::{Tool, contact},
    table::large_contacts,
};

const COLUMNS: &str = "account_id,account_code,account_name,contact_id,link_id,contact_name,\
                       contact_mobile_num,contact_type,contact_email,contact_desc";

type Row = BTreeMap<String, String>;

/// Parses CSV; leaves empty fields out.
fn rows_of_csv(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> =
        csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap();
    for row in &mut rows {
        row.retain(|_, value| !value.is_empty());
    }
    rows
}

fn rows_of_ndjson(text: &str) -> Vec<Row> {
    let text_of = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.lines()
        .map(|line| {
            let fields: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
            fields.into_iter().map(|(name, value)| (name, text_of(value))).collect()
        })
        .collect()
}

/// The expected row of a contact of account 3, `ACME`.
fn row(contact: &Contact) -> Row {
    let fields = [
        ("account_id", Some("3".to_owned())),
        ("account_code", Some("ACME".to_owned())),
        ("account_name", Some("Acme, \"Ltd\"".to_owned())),
        ("contact_id", Some(contact.id.to_string())),
        ("link_id", Some(contact.link_id.to_string())),
        ("contact_name", Some(contact.name.as_str().to_owned())),
        ("contact_mobile_num", Some(contact.mobile_number.as_str().to_owned())),
        ("contact_type", Some(contact.contact_type.as_str().to_owned())),
        ("contact_email", contact.email.as_ref().map(|email| email.as_str().to_owned())),
        ("contact_desc", contact.description.as_ref().map(|text| text.as_str().to_owned())),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

/// Contacts with any text that the domain allows.
fn any_contact() -> impl Strategy<Value = Contact> {
    let text = || "[\\PC,\"' =;]{1,30}";
    let name = text().prop_filter_map("a name", |text| ContactName::parse(&text).ok());
    let number = text().prop_filter_map("a number", |text| MobileNumber::parse(&text).ok());
    let email = text().prop_filter_map("an address", |text| Email::parse(&format!("x{text}@{text}x")).ok());
    let description = text().prop_filter_map("a description", |text| Description::parse(&text).ok());
    (name, number, text(), option::of(email), option::of(description)).prop_map(
        |(name, mobile_number, kind, email, description)| Contact {
            name,
            mobile_number,
            contact_type: ContactType::stored(kind),
            email,
            description,
            ..contact("zegoal", 3, "any")
        },
    )
}

#[test]
fn an_export_has_exactly_the_stored_contacts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    proptest!(ProptestConfig::with_cases(8), |(contacts in vec(any_contact(), 0..60))| {
        runtime.block_on(async {
            let tool = Tool::with_tenant().await;
            tool.account("zegoal", 3, Some("ACME"), Some("Acme, \"Ltd\"")).await;
            tool.contacts("zegoal", contacts.clone()).await;
            let expected = sorted(contacts.iter().map(row).collect());
            let csv = tool.succeeds(&["export", "zegoal"]).await;
            assert_eq!(sorted(rows_of_csv(&csv)), expected);
            let ndjson = tool.succeeds(&["export", "zegoal", "--format", "ndjson"]).await;
            assert_eq!(sorted(rows_of_ndjson(&ndjson)), expected);
        });
    });
}

#[tokio::test]
async fn an_empty_csv_export_has_its_header() {
    let tool = Tool::with_tenant().await;
    let run = tool.run(&["export", "zegoal"]).await;
    assert_eq!(run.stdout, format!("{COLUMNS}\n"));
    assert_eq!(run.stderr, "Wrote the contacts of zegoal to standard output: 0.\n");
    assert_eq!(tool.succeeds(&["export", "zegoal", "--format", "ndjson"]).await, "");
}

#[tokio::test]
async fn ndjson_has_numbers_and_leaves_missing_fields_out() {
    let tool = Tool::with_tenant().await;
    let ann = contact("zegoal", 3, "Ann");
    tool.contacts("zegoal", [ann.clone()]).await;
    let line = tool.succeeds(&["export", "zegoal", "--format", "ndjson"]).await;
    let expected = json!({
        "account_id": 3, "contact_id": ann.id.get(), "link_id": ann.link_id.to_string(),
        "contact_name": "Ann", "contact_mobile_num": "067_1", "contact_type": "main_contact",
    });
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
}

#[tokio::test]
async fn an_export_can_be_restricted_to_an_account() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), Some("Acme, \"Ltd\"")).await;
    tool.account("zegoal", 4, None, None).await;
    let acme: Vec<_> = (0..20).map(|number| contact("zegoal", 3, &format!("A {number}"))).collect();
    tool.contacts("zegoal", acme.clone()).await;
    tool.contacts("zegoal", (0..20).map(|number| contact("zegoal", 4, &format!("B {number}")))).await;
    let csv = tool.succeeds(&["export", "zegoal", "--account-code", "ACME"]).await;
    assert_eq!(sorted(rows_of_csv(&csv)), sorted(acme.iter().map(row).collect()));
    let stderr = tool.fails(4, &["export", "zegoal", "--account-id", "5"]).await;
    assert!(stderr.contains("has no such account"), "{stderr}");
}

#[tokio::test]
async fn all_pages_are_exported_in_a_stable_order() {
    let tool = Tool::with_tenant().await;
    tool.contacts("zegoal", large_contacts("zegoal", 300)).await;
    let first = tool.succeeds(&["export", "zegoal"]).await;
    assert_eq!(rows_of_csv(&first).len(), 300);
    assert_eq!(tool.succeeds(&["export", "zegoal"]).await, first);
}

#[tokio::test]
async fn the_extension_sets_the_format_in_either_case() {
    let tool = Tool::with_tenant().await;
    tool.contacts("zegoal", [contact("zegoal", 3, "Ann")]).await;
    let folder = TempDir::new().unwrap();
    for (name, begins_with) in [
        ("a.jsonl", "{"),
        ("a.NDJSON", "{"),
        ("a.CSV", "account_id,"),
        ("a.txt", "account_id,"),
        ("a", "account_id,"),
        ("a.tsv", "account_id\t"),
    ] {
        let file = folder.path().join(name);
        tool.succeeds(&["export", "zegoal", "--output", file.to_str().unwrap()]).await;
        assert!(fs::read_to_string(&file).unwrap().starts_with(begins_with), "{name}");
    }
}

#[tokio::test]
async fn a_table_has_a_byte_order_mark_on_request() {
    let tool = Tool::with_tenant().await;
    for (format, header) in [("csv", COLUMNS.to_owned()), ("tsv", COLUMNS.replace(',', "\t"))] {
        let table = tool.succeeds(&["export", "zegoal", "--byte-order-mark", "--format", format]).await;
        assert_eq!(table, format!("\u{feff}{header}\n"));
    }
    let stderr = tool.fails(2, &["export", "zegoal", "--byte-order-mark", "-o", "a.ndjson"]).await;
    assert!(stderr.contains("does not apply to NDJSON"), "{stderr}");
}

#[tokio::test]
async fn an_unknown_extension_needs_a_format() {
    let tool = Tool::with_tenant().await;
    let folder = TempDir::new().unwrap();
    for name in ["a.xlsx", "a.", "a.2026-01-31"] {
        let file = folder.path().join(name);
        let arguments = ["export", "zegoal", "--output", file.to_str().unwrap()];
        let stderr = tool.fails(2, &arguments).await;
        assert!(stderr.contains("choose the format with `--format`"), "{stderr}");
        assert!(!file.exists());
        tool.succeeds(&[&arguments[..], &["--format", "csv"]].concat()).await;
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("{COLUMNS}\n"));
    }
    let table = tool.succeeds(&["export", "zegoal", "--format", "tsv"]).await;
    assert_eq!(table, format!("{}\n", COLUMNS.replace(',', "\t")));
}

#[tokio::test]
async fn an_existing_file_is_replaced_only_on_request() {
    let tool = Tool::with_tenant().await;
    let folder = TempDir::new().unwrap();
    let (file, link) = (folder.path().join("zegoal.csv"), folder.path().join("link.csv"));
    symlink(&file, &link).unwrap();
    // At first, the link has no target.
    for content in [None, Some("an older export")] {
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
        }
        let stderr = tool.fails(2, &["export", "zegoal", "-o", link.to_str().unwrap()]).await;
        let message = format!("contacts: {} exists already. Give another name", link.display());
        assert!(stderr.starts_with(&message), "{stderr}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "an older export");
    tool.succeeds(&["export", "zegoal", "--overwrite", "-o", link.to_str().unwrap()]).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{COLUMNS}\n"));
    assert!(link.is_symlink());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn an_export_file_is_complete_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let tool = Tool::with_tenant().await;
    tool.contacts("zegoal", [contact("zegoal", 3, "Ann")]).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("zegoal.ndjson");
    fs::write(&file, "an older export").unwrap();
    let run = tool.run(&["export", "zegoal", "--overwrite", "--output", file.to_str().unwrap()]).await;
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, format!("Wrote the contacts of zegoal to {}: 1.\n", file.display()));
    assert_eq!(rows_of_ndjson(&fs::read_to_string(&file).unwrap()).len(), 1);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_failed_export_leaves_the_existing_file() {
    let tool = Tool::with_tenant().await;
    tool.contacts("zegoal", (0..20).map(|number| contact("zegoal", 3, &format!("A {number}")))).await;
    let broken = contact("zegoal", 3, "Broken");
    tool.contacts("zegoal", [broken.clone()]).await;
    let string = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let bucket = string(format!("zegoal#CONTACT#{:x}", broken.id.get() % 16));
    let call = tool.client.update_item().table_name("contacts");
    let call = call.key("pk", bucket).key("sk", string(broken.id.to_string()));
    call.update_expression("REMOVE contact_name").send().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("zegoal.csv");
    fs::write(&file, "an older export").unwrap();
    let stderr = tool.fails(1, &["export", "zegoal", "--overwrite", "-o", file.to_str().unwrap()]).await;
    assert!(stderr.contains("no valid `contact_name`"), "{stderr}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "an older export");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_failed_write_is_an_error() {
    let tool = Tool::with_tenant().await;
    let folder = TempDir::new().unwrap();
    let nowhere = folder.path().join("none/zegoal.csv");
    for place in [nowhere.to_str().unwrap(), folder.path().to_str().unwrap(), "/dev/full"] {
        let stderr = tool.fails(1, &["export", "zegoal", "--output", place]).await;
        assert!(stderr.contains(&format!("{place} can't be written")), "{stderr}");
    }
    let stderr = tool.fails(2, &["export", "zegoal", "--json"]).await;
    assert!(stderr.contains("use `--format ndjson`"), "{stderr}");
    tool.fails(4, &["export", "acme"]).await;
}

#[tokio::test]
async fn a_closed_pipe_ends_an_export_without_an_error() {
    let tool = Tool::with_tenant().await;
    // More than a pipe buffers.
    tool.contacts("zegoal", large_contacts("zegoal", 50)).await;
    let mut export = tool.command(&["export", "zegoal"]);
    let mut export = export.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(export.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), COLUMNS);
    drop(lines);
    let output = export.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
