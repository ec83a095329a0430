//! Rows of the same contact are applied in the order of the file, although requests are concurrent.

use contacts_tests::{expect_str, minimal_item};

use crate::import_runs::Import;

const LINK_ID: &str = "91c615e3-1040-4815-8ecb-039a18b756b5";

/// Rows of other contacts, which keep all workers busy.
fn others(from: usize) -> String {
    let row = |number| format!("00000000-0000-4000-8000-{number:012},ACME,Contact {number},067_{number},,\n");
    (from..from + 200).map(row).collect()
}

#[tokio::test]
async fn the_last_row_of_a_contact_is_stored() {
    let import = Import::new().await;
    let mut rows =
        vec!["link_id,account_code,contact_name,contact_mobile_num,contact_type,contact_desc\n".to_owned()];
    for round in 0..10 {
        rows.push(format!("{LINK_ID},ACME,Ann {round},067,,\n"));
        rows.push(format!(",ACME,Bob,068,,round {round}\n"));
        rows.push(others(1_000 * (round + 1)));
    }
    import.write("people.csv", rows.concat());
    let finished = import.run(&["people.csv", "--rows-a-call", "40", "--calls", "8"]).await;
    finished.assert(0, [2_002, 18, 0, 0]);
    let contacts = import.tenant.table.contacts().await;
    let has = |field: &str, value: &str| contacts.iter().filter(|contact| contact[field] == value).count();
    assert_eq!((has("contact_name", "Ann 9"), has("contact_desc", "round 9")), (1, 1));
}

#[tokio::test]
async fn rows_by_id_and_rows_by_fields_keep_their_order() {
    let import = Import::new().await;
    let made = import.tenant.upsert_one(&minimal_item()).await;
    let link_id = expect_str(&made["link_id"]);
    let mut rows =
        vec!["link_id,account_code,contact_name,contact_mobile_num,contact_type,contact_desc\n".to_owned()];
    for round in 0..10 {
        rows.push(format!("{link_id},,,,,by its id {round}\n"));
        rows.push(others(1_000 * (round + 1)));
        rows.push(format!(",ACME,Ann,067_1,,by its fields {round}\n"));
    }
    import.write("people.csv", rows.concat());
    let finished = import.run(&["people.csv", "--rows-a-call", "40", "--calls", "8"]).await;
    finished.assert(0, [2_000, 20, 0, 0]);
    assert_eq!(import.tenant.table.contact_of(&made).await["contact_desc"], "by its fields 9");
}

#[tokio::test]
async fn rows_of_an_account_keep_their_order_across_calls() {
    let import = Import::new().await;
    let mut rows = vec!["account_code,account_name,contact_name,contact_mobile_num\n".to_owned()];
    for (code, name, kind) in [(true, true, "both"), (false, true, "name"), (true, false, "code")] {
        for number in 0..200 {
            let code = if code { format!("C{number}") } else { String::new() };
            let name = if name { format!("Name {number}") } else { String::new() };
            rows.push(format!("{code},{name},{kind} {number},067\n"));
        }
    }
    // As a customer's file is: the rows of an account are not far from each other.
    rows[1..].sort_by_key(|row| {
        let number: usize = row.rsplit([' ', ',']).nth(1).unwrap().parse().unwrap();
        (number / 50, !row.contains(",both"), number)
    });
    import.write("people.csv", rows.concat());
    let finished = import.run(&["people.csv", "--rows-a-call", "7", "--calls", "8"]).await;
    finished.assert(0, [600, 0, 0, 0]);
    assert_eq!(import.tenant.table.accounts().await.len(), 200);
}
