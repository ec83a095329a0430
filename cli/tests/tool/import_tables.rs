//! Imports of CSV files as people and programs write them.

use contacts_tests::expect_str;

use crate::import_runs::{FinishedImport, Import};

const ACCOUNT: [&str; 3] = ["people.csv", "--account-code", "ACME"];

async fn run(import: &Import, content: &str, more: &[&str]) -> FinishedImport {
    import.write("people.csv", content);
    import.run(&[&ACCOUNT, more].concat()).await
}

/// Returns the stored contacts as `name number`, sorted.
async fn stored(import: &Import) -> Vec<String> {
    let contacts = import.tenant.table.contacts().await;
    let text = |contact: &serde_json::Value| {
        format!("{} {}", expect_str(&contact["contact_name"]), expect_str(&contact["contact_mobile_num"]))
    };
    let mut stored: Vec<String> = contacts.iter().map(text).collect();
    stored.sort();
    stored
}

#[tokio::test]
async fn rows_with_broken_quoting_are_rejected() {
    let import = Import::new().await;
    let content = "contact_name,contact_mobile_num\n\"Ann\" x,1\nBob, \"2\"\n\"Cid\",3\nDan,\"06712";
    run(&import, content, &[]).await.assert(3, [1, 0, 3, 0]);
    assert_eq!(stored(&import).await, ["Cid 3"]);
    let rejected = import.read("people.rejected.csv");
    let rows: Vec<&str> = rejected.lines().collect();
    assert!(
        rows[1].starts_with("2,text follows a closing quote") && rows[1].ends_with(",\"Ann\" x,1"),
        "{rejected}"
    );
    assert!(rows[2].starts_with("3,a space precedes") && rows[2].ends_with(",Bob, \"2\""), "{rejected}");
    assert!(rows[3].starts_with("5,\"") || rows[3].starts_with("5,the file ends inside"), "{rejected}");
    assert!(rows[3].ends_with(",Dan,\"06712"), "{rejected}");
    let corrected =
        rejected.replace("\"Ann\" x", "Ann x").replace(" \"2\"", "2").replace("\"06712", "067123");
    import.write("people.rejected.csv", corrected);
    import.run(&["people.rejected.csv", "--account-code", "ACME"]).await.assert(0, [3, 0, 0, 0]);
    assert_eq!(stored(&import).await, ["Ann x 1", "Bob 2", "Cid 3", "Dan 067123"]);
}

#[tokio::test]
async fn lines_and_delimiter_are_found_with_any_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let import = Import::new().await;
        let lines = ["contact_name;contact_mobile_num", "Ann;1", "", "Bob", "\"C,i,d\";3,3,3", ""];
        run(&import, &lines.join(end), &[]).await.assert(3, [2, 0, 1, 0]);
        assert_eq!(stored(&import).await, ["Ann 1", "C,i,d 3,3,3"]);
        assert!(import.read("people.rejected.csv").contains("\n4;"), "{end:?}");
    }
}

#[tokio::test]
async fn excels_line_with_the_delimiter_is_understood() {
    for delimiter in [";", ",", "\t", "|"] {
        let import = Import::new().await;
        let content = format!(
            "sep={delimiter}\r\ncontact_name{delimiter}contact_mobile_num\r\nAnn{delimiter}1\r\nBob\r\n"
        );
        run(&import, &content, &[]).await.assert(3, [1, 0, 1, 0]);
        assert!(import.read("people.rejected.csv").contains(&format!("\n4{delimiter}")), "{delimiter}");
    }
}

#[tokio::test]
async fn a_repeated_header_is_no_contact() {
    let import = Import::new().await;
    let file = "contact_name,contact_mobile_num\nAnn,1\n";
    run(&import, &format!("{file}{file}"), &[]).await.assert(3, [1, 1, 1, 0]);
    assert!(import.read("people.rejected.csv").contains("3,the row repeats the header,"));
}

#[tokio::test]
async fn numbers_of_spreadsheets_are_repaired_or_rejected() {
    let import = Import::new().await;
    let content = "contact_name,contact_mobile_num\nAnn,380671234567.0\nBob,3.80671E+11\nBob,3.80672E+11\n";
    run(&import, content, &[]).await.assert(3, [1, 0, 2, 0]);
    import.write("people.ndjson", "{\"contact_name\":\"Ann\",\"contact_mobile_num\":380671234567.0}\n");
    import.run(&["people.ndjson", "--account-code", "ACME"]).await.assert(0, [0, 1, 0, 0]);
    assert_eq!(stored(&import).await, ["Ann 380671234567"]);
    assert!(import.read("people.rejected.csv").contains("a spreadsheet has shortened the number"));
}

#[tokio::test]
async fn columns_are_mapped_and_joined() {
    let import = Import::new().await;
    let content = "First Name,Last Name,Phone,Mobile,Notes\nAnn,Lee,1,2,x\nBob,,3,,y\n";
    let map = [
        "--map",
        "First Name+Last Name=contact_name",
        "--map",
        "Mobile=contact_mobile_num",
        "--map",
        "phone=contact_mobile_num",
    ];
    let finished = run(&import, content, &map).await;
    finished.assert(0, [2, 0, 0, 0]);
    assert_eq!(stored(&import).await, ["Ann Lee 2", "Bob 3"]);
    assert!(finished.stderr.contains("contact_name: First Name + Last Name\n"), "{finished:?}");
    assert!(finished.stderr.contains("Not imported: Notes."), "{finished:?}");
}

#[tokio::test]
async fn column_names_are_compared_without_case_and_spaces() {
    let import = Import::new().await;
    run(&import, "Contact Name,CONTACT-MOBILE_NUM\nAnn,1\n", &[]).await.assert(0, [1, 0, 0, 0]);
    assert_eq!(stored(&import).await, ["Ann 1"]);
}

#[tokio::test]
async fn unknown_columns_are_named_at_once() {
    let import = Import::new().await;
    let finished = run(&import, "contact_name,phone,contact_emial\nAnn,1,a@b\n", &[]).await;
    assert_eq!(finished.code, Some(2), "{finished:?}");
    for part in ["unknown columns: `phone`, `contact_emial` (like `contact_email`)", "--map", "--skip-column"]
    {
        assert!(finished.stderr.contains(part), "no {part} in {finished:?}");
    }
}

#[tokio::test]
async fn the_help_names_all_products_with_presets() {
    let import = Import::new().await;
    let help = import.run_with(&["--help"], b"").await.stdout;
    for product in ["Google Contacts", "Outlook", "HubSpot", "Salesforce", "Zoho CRM"] {
        assert!(help.contains(product), "{product}");
    }
}

#[tokio::test]
async fn a_template_can_be_imported() {
    let import = Import::new().await;
    let template = import.run_with(&["--template"], b"").await;
    assert_eq!(template.code, Some(0), "{template:?}");
    import.write("people.csv", template.stdout);
    import.run(&["people.csv"]).await.assert(0, [1, 0, 0, 0]);
}
