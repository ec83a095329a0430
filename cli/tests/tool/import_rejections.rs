//! Rejected rows: all of them are written, and can be corrected and imported.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::import_runs::{FinishedImport, Import};

#[tokio::test]
async fn rejected_csv_rows_can_be_corrected_and_imported() {
    let import = Import::new().await;
    import.write(
        "people.csv",
        "account_code,contact_name,contact_mobile_num,contact_email\n\
         ACME,Ann,1,ann\nACME,\"Bob\nJunior\",2,\nACME,Cid,3,c@d,x\nACME,Dan\nACME,Eve,5,e@f\n",
    );
    let finished = import.run(&["people.csv"]).await;
    finished.assert(3, [1, 0, 4, 0]);
    assert_eq!(finished.summary["rejected_file"], "people.rejected.csv");
    let mode = fs::metadata(import.path("people.rejected.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut rejected = import.read("people.rejected.csv");
    for row in [
        "rejected_line,rejected_because,account_code,contact_name,contact_mobile_num,contact_email\n",
        "2,`contact_email` must have text on both sides of one `@`,ACME,Ann,1,ann\n",
        "3,`contact_name` must not contain control characters,ACME,\"Bob\nJunior\",2,\n",
        "5,the row has 5 cells where the header has 4,ACME,Cid,3,c@d,x\n",
        "6,the row has 2 cells where the header has 4,ACME,Dan\n",
    ] {
        assert!(rejected.contains(row), "no {row} in {rejected}");
    }

    for (wrong, right) in
        [(",1,ann", ",1,ann@b"), ("Bob\nJunior", "Bob"), ("c@d,x", "c@d"), ("Dan", "Dan,4,")]
    {
        rejected = rejected.replace(wrong, right);
    }
    import.write("people.rejected.csv", rejected.replace("Dan,4,", "Dan,4"));
    import.run(&["people.rejected.csv"]).await.assert(3, [3, 0, 1, 0]);
    assert!(import.read("people.rejected.2.csv").contains(",ACME,Dan,4\n"));
    import.write("people.rejected.2.csv", import.read("people.rejected.2.csv").replace("Dan,4", "Dan,4,"));
    import.run(&["people.rejected.2.csv"]).await.assert(0, [1, 0, 0, 0]);
    assert_eq!(import.names().await.into_keys().collect::<Vec<_>>(), ["Ann", "Bob", "Cid", "Dan", "Eve"]);
    assert_eq!(import.files(), ["people.csv", "people.rejected.2.csv", "people.rejected.csv"]);
}

#[tokio::test]
async fn rejected_ndjson_lines_can_be_corrected_and_imported() {
    let import = Import::new().await;
    import.write(
        "people.ndjson",
        "{\"contact_name\":\"Ann\",\"contact_mobile_num\":1,\"contact_email\":\"ann\"}\n\
         {\"contact_name\":\"Bob\",\"contact_mobile_num\":2\n\n\
         5\n\
         {}\n\
         {\"contact_name\":\"Cid\",\"contact_mobile_num\":3,\"typo\":4}\n",
    );
    let account = ["--account-code", "ACME"];
    import.run(&[&["people.ndjson"], &account[..]].concat()).await.assert(3, [0, 0, 5, 0]);
    let mut rejected = import.read("people.rejected.ndjson");
    for (wrong, right) in [
        ("\"ann\"", "\"ann@b\""),
        ("\\\"contact_mobile_num\\\":2", "\\\"contact_mobile_num\\\":2}"),
        (",\"typo\":4", ""),
    ] {
        assert!(rejected.contains(wrong), "no {wrong} in {rejected}");
        rejected = rejected.replace(wrong, right);
    }
    assert!(rejected.contains("{\"rejected_line\":4,\"rejected_because\":\"an item must be an object\""));
    assert!(rejected.contains("\"rejected_text\":\"5\"}"), "{rejected}");
    import.write("people.rejected.ndjson", rejected);
    import.run(&[&["people.rejected.ndjson"], &account[..]].concat()).await.assert(3, [3, 0, 2, 0]);
    assert_eq!(import.names().await.into_keys().collect::<Vec<_>>(), ["Ann", "Bob", "Cid"]);
}

#[tokio::test]
async fn an_existing_file_is_never_overwritten() {
    let import = Import::new().await;
    import.write("people.csv", "contact_name,contact_mobile_num\nAnn,1\n");
    import.write("mine.csv", "half corrected");
    let finished = import.run(&["people.csv", "--rejected", "mine.csv"]).await;
    assert_eq!(finished.code, Some(2), "{finished:?}");
    for name in ["people.rejected.csv", "people.rejected.2.csv"] {
        let finished = import.run(&["people.csv"]).await;
        finished.assert(3, [0, 0, 1, 0]);
        assert_eq!(finished.summary["rejected_file"], name);
    }
    import.run(&["people.csv", "--rejected", "new.csv"]).await.assert(3, [0, 0, 1, 0]);
    assert_eq!(import.read("new.csv"), import.read("people.rejected.csv"));
    assert_eq!(import.read("mine.csv"), "half corrected");
}

#[tokio::test]
async fn an_unwritable_rejected_file_ends_the_import() {
    let import = Import::new().await;
    import.write("people.csv", "contact_name,contact_mobile_num\nAnn\n");
    let finished = import.run(&["people.csv", "--rejected", "nowhere/rejected.csv"]).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("can be created in nowhere"), "{finished:?}");
    assert_eq!(import.files(), ["people.csv"]);
}

#[tokio::test]
async fn a_full_disk_ends_the_import_and_says_what_to_do() {
    let import = Import::new().await;
    let rows = "Ann,\n".repeat(200);
    import.write("people.csv", format!("contact_name,contact_mobile_num\n{rows}"));
    // Files can't become larger than 1 KB.
    let limit = "trap '' XFSZ; ulimit -f 1; exec \"$0\" import people.csv --account-code ACME --json";
    let output = import.shell(limit).output().await.unwrap();
    let finished = FinishedImport::new(output);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("the file of rejected rows can't be written"), "{finished:?}");
    assert!(finished.stderr.contains("Name another file with --rejected"), "{finished:?}");
}

#[tokio::test]
async fn rejected_rows_are_in_the_order_of_the_file() {
    let import = Import::new().await;
    let row = |number: usize| match number % 7 {
        0 => format!("Ann {number},\n"),
        1 => format!("\"Ann\" {number},1\n"),
        _ => format!("Ann {number},067_{number}\n"),
    };
    let rows: String = (0..3_000).map(row).collect();
    import.write("people.csv", format!("contact_name,contact_mobile_num\n{rows}"));
    let account = ["people.csv", "--account-code", "ACME", "--rows-a-call", "50", "--calls", "8"];
    let finished = import.run(&account).await;
    assert_eq!(finished.code, Some(3), "{finished:?}");
    let rejected = import.read("people.rejected.csv");
    let line = |row: &str| row.split(',').next().unwrap().parse::<usize>().unwrap();
    let lines: Vec<usize> = rejected.lines().skip(1).map(line).collect();
    let expected: Vec<usize> = (0..3_000).filter(|number| number % 7 < 2).map(|number| number + 2).collect();
    assert_eq!(lines, expected);
}
