//! `contacts import --dry-run`: what an import would do, without writing.

use serde_json::Value;

use crate::import_runs::{Import, people};

#[tokio::test]
async fn a_dry_run_has_the_results_of_the_import_and_writes_nothing() {
    let import = Import::new().await;
    import.write("people.csv", people(50));
    import.run(&["people.csv"]).await.assert(0, [50, 0, 0, 0]);
    let before = import.tenant.table.revisions().await;
    // Contacts that exist, new ones, one of them twice, and rows that are rejected by the service and before.
    let more = people(500).replace("067_77\n", "\n").replace("067_99\n", "067_99,\n");
    import.write("people.csv", format!("{more}ACME,Contact 400,067_400\nNew,Contact 1,067_1\n"));
    let batches = ["people.csv", "--rows-a-call", "40"];
    let dry = import.run(&[&batches[..], &["--dry-run", "--rejected", "dry.csv"]].concat()).await;
    dry.assert(3, [449, 51, 2, 0]);
    assert_eq!(dry.summary["dry_run"], true);
    assert_eq!(import.tenant.table.revisions().await, before);
    assert_eq!(import.tenant.table.accounts().await.len(), 1);
    let real = import.run(&[&batches[..], &["--rejected", "real.csv"]].concat()).await;
    real.assert(3, [449, 51, 2, 0]);
    assert_eq!(import.read("dry.csv"), import.read("real.csv"));
    assert_eq!(import.tenant.table.accounts().await.len(), 2);
}

#[tokio::test]
async fn a_dry_run_says_that_nothing_was_written() {
    let import = Import::new().await;
    import.write("people.csv", people(2));
    let finished = import.run_with(&["people.csv", "--dry-run"], b"").await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("would be created"), "{finished:?}");
    assert!(finished.stdout.contains("Nothing was stored: this was a dry run."), "{finished:?}");
    assert_eq!(import.tenant.table.contacts().await, Vec::<Value>::new());
}
