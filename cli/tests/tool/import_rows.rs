//! Imports of CSV and NDJSON rows.

use contacts_tests::expect_str;
use serde_json::{Value, json};

use crate::import_runs::{Import, people};

fn field(contacts: &[Value], name: &str, field: &str) -> Value {
    let contact = contacts.iter().find(|contact| expect_str(&contact["contact_name"]) == name);
    contact.unwrap_or_else(|| panic!("no {name} in {contacts:?}"))[field].clone()
}

#[tokio::test]
async fn importing_a_file_again_changes_nothing() {
    let import = Import::new().await;
    import.write("people.csv", people(2_500));
    import.run(&["people.csv", "--rows-a-call", "300"]).await.assert(0, [2_500, 0, 0, 0]);
    let before = import.tenant.table.revisions().await;
    import.run(&["people.csv"]).await.assert(0, [0, 2_500, 0, 0]);
    assert_eq!(import.tenant.table.revisions().await, before);
    import.assert_people(2_500).await;
    assert_eq!(import.files(), ["people.csv"]);
}

#[tokio::test]
async fn columns_are_the_fields_of_the_same_names() {
    let import = Import::new().await;
    let link_id = "91c615e3-1040-4815-8ecb-039a18b756b5";
    import.write(
        "people.csv",
        format!(
            "\"contact_desc\";link_id;account_name;contact_name;contact_mobile_num;contact_type;contact_email\r\n\
             \"a \"\"b\"\"; c\";{link_id};Acme;Ann;067_1;tech_spec;a@b\r\n\r\n;;Acme;Bob;067_2;;\r\n"
        ),
    );
    import.run(&["people.csv"]).await.assert(0, [2, 0, 0, 0]);
    let contacts = import.tenant.table.contacts().await;
    assert_eq!(field(&contacts, "Ann", "link_id"), link_id);
    assert_eq!(field(&contacts, "Ann", "contact_desc"), "a \"b\"; c");
    assert_eq!(field(&contacts, "Ann", "contact_type"), "tech_spec");
    assert_eq!(field(&contacts, "Ann", "contact_email"), "a@b");
    assert_eq!(field(&contacts, "Bob", "contact_type"), "main_contact");
    assert_eq!(field(&contacts, "Bob", "contact_email"), Value::Null);
    assert_eq!(import.tenant.table.accounts().await[0]["account_name"], "Acme");
}

#[tokio::test]
async fn an_empty_cell_keeps_the_value_unless_empty_clears_is_set() {
    let import = Import::new().await;
    import.write("people.csv", "contact_name,contact_mobile_num,contact_email\nAnn,1,a@b\n");
    import.write("empty.csv", "contact_name,contact_mobile_num,contact_email\nAnn,1,\n");
    let account = ["--account-code", "ACME", "--account-name", "Acme"];
    import.run(&[&account[..], &["people.csv"]].concat()).await.assert(0, [1, 0, 0, 0]);
    import.run(&[&account[..], &["empty.csv"]].concat()).await.assert(0, [0, 1, 0, 0]);
    assert_eq!(field(&import.tenant.table.contacts().await, "Ann", "contact_email"), "a@b");
    import.run(&[&account[..], &["empty.csv", "--empty-clears"]].concat()).await.assert(0, [0, 1, 0, 0]);
    assert_eq!(field(&import.tenant.table.contacts().await, "Ann", "contact_email"), Value::Null);
    let account = &import.tenant.table.accounts().await[0];
    assert_eq!((&account["account_code"], &account["account_name"]), (&json!("ACME"), &json!("Acme")));
}

#[tokio::test]
async fn an_export_is_imported_with_or_without_its_ids() {
    let import = Import::new().await;
    let result = import.tenant.upsert_one(&contacts_tests::minimal_item()).await;
    let columns = "account_id,account_code,account_name,contact_id,link_id,contact_name,contact_mobile_num,\
                   contact_type,contact_email,contact_desc";
    let row = format!(
        "{},ACME,,{},{},Anna,067_1,main_contact,,",
        result["account_id"],
        result["contact_id"],
        expect_str(&result["link_id"])
    );
    import.write("export.csv", format!("{columns}\n{row}\n"));
    import.run(&["export.csv"]).await.assert(0, [0, 1, 0, 0]);
    assert_eq!(import.names().await.into_keys().collect::<Vec<_>>(), ["Anna"]);

    let elsewhere = Import::new().await;
    elsewhere.write("export.csv", format!("{columns}\n{row}\n"));
    let skip = ["export.csv", "--skip-column", "contact_id", "--skip-column", "account_id"];
    elsewhere.run(&skip).await.assert(0, [1, 0, 0, 0]);
}

#[tokio::test]
async fn ndjson_from_standard_input_is_detected() {
    let import = Import::new().await;
    let lines = "\n{\"contact_name\": \"Ann\", \"contact_mobile_num\": 671}\n\n\
                 {\"contact_name\": \"Bob\", \"contact_mobile_num\": \"672\"}";
    let finished = import.run_with(&["-", "--json", "--account-code", "ACME"], lines.as_bytes()).await;
    finished.assert(0, [2, 0, 0, 0]);
    assert_eq!(field(&import.tenant.table.contacts().await, "Ann", "contact_mobile_num"), "671");
}

#[tokio::test]
async fn rejected_rows_of_standard_input_are_in_the_current_folder() {
    let import = Import::new().await;
    let rows = "contact_name\tcontact_mobile_num\tcontact_email\nAnn\t1\ta\nBob\t2\tb@c\n";
    let finished = import.run_with(&["-", "--json", "--account-code", "ACME"], rows.as_bytes()).await;
    finished.assert(3, [1, 0, 1, 0]);
    assert_eq!(finished.summary["rejected_file"], "stdin.rejected.csv");
    assert!(import.read("stdin.rejected.csv").starts_with("rejected_line\trejected_because\tcontact_name\t"));
}

#[tokio::test]
async fn a_file_without_rows_is_imported() {
    let import = Import::new().await;
    import.write("people.csv", "contact_name,contact_mobile_num\n");
    import.run(&["people.csv"]).await.assert(0, [0, 0, 0, 0]);
    import.write("people.json", "[]");
    import.run(&["people.json"]).await.assert(0, [0, 0, 0, 0]);
}

#[tokio::test]
async fn the_summary_is_a_table_without_json() {
    let import = Import::new().await;
    import.write("people.csv", people(2));
    let finished = import.run_with(&["people.csv"], b"").await;
    let lines: Vec<String> =
        finished.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines[..5], ["rows read 2", "created 2", "updated 0", "rejected 0", "unknown 0"]);
}
