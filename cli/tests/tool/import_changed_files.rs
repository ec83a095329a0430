//! Files that change while they are imported.

use std::{fs, io::Write};

use crate::{
    import_faults::wait_until,
    import_proxy::{Fault, Proxy},
    import_runs::{FinishedImport, Import, people},
};

/// Imports 1,000 rows, and calls `change` while the first request is retried.
async fn import_with(change: impl FnOnce(&Import)) -> (Import, FinishedImport) {
    let proxy =
        Proxy::start(|number, _| (number < 3).then_some(Fault::Respond(503, "{\"error\":\"busy\"}"))).await;
    let import = Import::new().await.at(&proxy.url);
    import.write("people.csv", people(1_000));
    let arguments = ["people.csv", "--json", "--rows-a-call", "10", "--calls", "1"];
    let process = import.command(&arguments).spawn().unwrap();
    wait_until(|| proxy.requests() > 0).await;
    change(&import);
    let finished = FinishedImport::new(process.wait_with_output().await.unwrap());
    (import, finished)
}

#[tokio::test]
async fn the_last_row_of_a_growing_file_is_not_stored() {
    let (import, finished) = import_with(|import| {
        let file = fs::OpenOptions::new().append(true).open(import.path("people.csv"));
        file.unwrap().write_all(b"ACME,Contact 1000,0").unwrap();
    })
    .await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("people.csv was changed while it was read"), "{finished:?}");
    assert!(!import.names().await.contains_key("Contact 1000"));
    import.write("people.csv", people(1_001));
    let again = import.run(&["people.csv"]).await;
    assert_eq!((again.code, &again.summary["rejected"]), (Some(0), &0.into()), "{again:?}");
    import.assert_people(1_001).await;
}

#[tokio::test]
async fn a_replaced_file_is_noticed() {
    let (_, finished) = import_with(|import| {
        import.write("new.csv", people(2_000));
        fs::rename(import.path("new.csv"), import.path("people.csv")).unwrap();
    })
    .await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("people.csv was changed while it was read"), "{finished:?}");
    assert_eq!(finished.summary["created"], 999);
}
