//! Imports of other formats than CSV, and of the exports of other products. The exports are in `tests/exports`.

use std::{collections::BTreeMap, fs, path::Path};

use contacts_tests::expect_str;
use serde_json::Value;

use crate::import_runs::{FinishedImport, Import};

/// Imports an export of another product.
async fn import_export(import: &Import, name: &str) -> FinishedImport {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(name);
    import.write(name, fs::read(path).unwrap());
    import.run(&[name, "--account-code", "OTHER"]).await
}

/// Returns the numbers by name.
async fn numbers(import: &Import) -> BTreeMap<String, String> {
    let contacts = import.tenant.table.contacts().await;
    let text = |value: &Value| expect_str(value).to_owned();
    contacts
        .iter()
        .map(|contact| (text(&contact["contact_name"]), text(&contact["contact_mobile_num"])))
        .collect()
}

#[tokio::test]
async fn exports_of_other_products_are_recognised() {
    for (name, product) in [
        ("google-contacts.csv", "Google Contacts"),
        ("google-contacts-2023.csv", "Google Contacts (before 2024)"),
        ("outlook.csv", "Outlook"),
        ("hubspot.csv", "HubSpot"),
        ("salesforce-report.csv", "Salesforce"),
        ("salesforce-data-export.csv", "Salesforce"),
        ("zoho-crm.csv", "Zoho CRM"),
    ] {
        let import = Import::new().await;
        let finished = import_export(&import, name).await;
        // One of the six people has no number.
        finished.assert(3, [5, 0, 1, 0]);
        assert!(finished.stderr.contains(&format!("{name} is an export of {product}")), "{finished:?}");
        assert!(finished.stderr.contains("Not imported: "), "{finished:?}");
        let rejected = finished.summary["rejected_file"].as_str().unwrap();
        assert!(import.read(rejected).contains("contact_mobile_num"), "{name}");
        let numbers = numbers(&import).await;
        assert_eq!(numbers.len(), 5, "{numbers:?}");
        assert!(numbers.values().all(|number| !number.contains(":::")), "{numbers:?}");
        // The rejected row is of the same product.
        import.run(&[rejected, "--account-code", "OTHER"]).await.assert(3, [0, 0, 1, 0]);
    }
}

#[tokio::test]
async fn vcards_are_imported() {
    let import = Import::new().await;
    let finished = import_export(&import, "contacts.vcf").await;
    assert!(finished.stderr.contains("Of each vCard, the name, one number"), "{finished:?}");
    let rejected = finished.summary["rejected"].as_u64().unwrap();
    assert_eq!(finished.summary["rows_read"], 6);
    assert_eq!(numbers(&import).await.len() as u64, 6 - rejected);
}

#[tokio::test]
async fn the_first_sheet_of_a_workbook_is_imported() {
    let import = Import::new().await;
    let finished = import_export(&import, "contacts.xlsx").await;
    finished.assert(3, [3, 0, 2, 0]);
    let expected = [("Ann", "380671234567"), ("Bob", "067_2"), ("Оля", "380670000003")];
    let expected = expected.map(|(name, number)| (name.to_owned(), number.to_owned()));
    assert_eq!(numbers(&import).await, BTreeMap::from(expected));
    let rejected = import.read("contacts.rejected.csv");
    assert!(rejected.contains("\n5,") && rejected.contains("\n7,a cell has the error #N/A,"), "{rejected}");
}

#[tokio::test]
async fn json_arrays_and_request_bodies_are_imported() {
    let import = Import::new().await;
    let items =
        "[\n  {\"contact_name\": \"Ann\", \"contact_mobile_num\": 1},\n  {\"contact_name\": \"Bob\"}\n]";
    import.write("array.json", items);
    import.run(&["array.json", "--account-code", "ACME"]).await.assert(3, [1, 0, 1, 0]);
    assert!(import.read("array.rejected.ndjson").starts_with("{\"rejected_line\":3,"));
    import.write("body.json", format!("{{\"account_code\": \"ACME\", \"list_items\": {items}}}"));
    import.run(&["body.json"]).await.assert(3, [0, 1, 1, 0]);
    let rejected = import.read("body.rejected.ndjson");
    assert!(
        rejected.starts_with("{\"rejected_line\":3,") && rejected.contains("\"account_code\":"),
        "{rejected}"
    );
    // An element of several lines becomes one line of the rejected file.
    import.write("pretty.json", "[\n {\n  \"contact_name\": \"Bob\",\n  \"contact_email\": \"x\"\n }\n]");
    import.run(&["pretty.json", "--account-code", "ACME"]).await.assert(3, [0, 0, 1, 0]);
    let corrected =
        import.read("pretty.rejected.ndjson").replace("\"x\"", "\"b@c\", \"contact_mobile_num\": 5");
    import.write("corrected.ndjson", corrected);
    import.run(&["corrected.ndjson", "--account-code", "ACME"]).await.assert(0, [1, 0, 0, 0]);
    let large: Vec<Value> = (0..3_000)
        .map(|number| serde_json::json!({"contact_name": format!("C {number}"), "contact_mobile_num": "1"}))
        .collect();
    import.write("large.json", serde_json::to_string_pretty(&large).unwrap());
    import.run(&["large.json", "--account-code", "ACME"]).await.assert(0, [3_000, 0, 0, 0]);
}
