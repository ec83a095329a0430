//! Imports from streams, and with standard streams that fail.

use crate::import_runs::{FinishedImport, Import};

/// A file with a row that is stored and one that is rejected.
const ROWS: &str = "contact_name,contact_mobile_num\nAnn,1\nBob,\n";

async fn import() -> Import {
    let import = Import::new().await;
    import.write("people.csv", ROWS);
    import
}

async fn run(import: &Import, script: &str) -> FinishedImport {
    FinishedImport::new(import.shell(script).output().await.unwrap())
}

#[tokio::test]
async fn a_failing_standard_output_keeps_exit_code_and_result() {
    for redirection in [">/dev/full", ">&-", "> >(true)"] {
        let import = import().await;
        let finished =
            run(&import, &format!("\"$0\" import people.csv --account-code A {redirection}")).await;
        assert_eq!(finished.code, Some(3), "{redirection}: {finished:?}");
        if redirection == ">/dev/full" {
            assert!(finished.stderr.contains("standard output can't be written"), "{finished:?}");
            assert!(finished.stderr.contains("The rejected rows are in people.rejected.csv"), "{finished:?}");
        }
    }
}

#[tokio::test]
async fn a_failing_standard_error_changes_nothing() {
    for redirection in ["2>/dev/full", "2>&-", "2> >(true)"] {
        let import = import().await;
        let finished =
            run(&import, &format!("\"$0\" import people.csv --json --account-code A {redirection}")).await;
        finished.assert(3, [1, 0, 1, 0]);
    }
}

#[tokio::test]
async fn rejected_rows_of_streams_are_in_the_current_folder() {
    for (input, redirection) in [
        ("<(cat people.csv)", ""),
        ("/dev/stdin", "< people.csv"),
        ("/dev/stdin", "< <(cat people.csv)"),
        ("-", "< people.csv"),
    ] {
        let import = import().await;
        let finished =
            run(&import, &format!("\"$0\" import {input} --json --account-code A {redirection}")).await;
        finished.assert(3, [1, 0, 1, 0]);
        assert_eq!(finished.summary["rejected_file"], "stdin.rejected.csv");
        assert_eq!(import.files(), ["people.csv", "stdin.rejected.csv"]);
    }
}
