//! Imports under network faults, interruptions and kills: no row is lost or stored twice.

use std::time::Duration;

use contacts_tests::service_url;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::process::Child;

use crate::{
    import_proxy::{Fault, Proxy},
    import_runs::{FinishedImport, Import, people},
};

const BUSY: &str = "{\"error\":\"busy\"}";

/// Prepares an import of that number of rows through the proxy.
async fn import_through(proxy: &Proxy, rows: usize) -> Import {
    let import = Import::new().await.at(&proxy.url);
    import.write("people.csv", people(rows));
    import
}

fn in_batches_of_100<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["people.csv", "--rows-a-call", "100"], more].concat()
}

fn pid(process: &Child) -> Pid {
    Pid::from_raw(i32::try_from(process.id().unwrap()).unwrap())
}

pub(crate) async fn wait_until(condition: impl Fn() -> bool) {
    let reached = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reached).await.expect("the condition is met in time");
}

#[tokio::test]
async fn all_rows_are_stored_despite_throttling_and_lost_responses() {
    let faults = [
        Fault::Respond(429, "{\"message\":\"Too Many Requests\"}"),
        Fault::Respond(503, BUSY),
        Fault::LoseResponse,
        Fault::Respond(502, "<html>"),
        Fault::Respond(500, BUSY),
        Fault::Respond(504, ""),
    ];
    let proxy =
        Proxy::start(move |number, _| faults.get(number / 2).copied().filter(|_| number % 2 == 0)).await;
    let import = import_through(&proxy, 1_000).await;
    let finished = import.run(&in_batches_of_100(&[])).await;
    // The rows of the lost response are stored already when they are sent again.
    finished.assert(0, [900, 100, 0, 0]);
    import.assert_people(1_000).await;
}

#[tokio::test]
async fn an_overloaded_service_ends_the_import_with_partial_counts() {
    let proxy = Proxy::start(|number, _| (number >= 5).then_some(Fault::Respond(503, BUSY))).await;
    let import = import_through(&proxy, 1_000).await;
    let finished = import.run(&in_batches_of_100(&["--patience", "2s"])).await;
    assert_eq!(finished.code, Some(6), "{finished:?}");
    assert_eq!(import.names().await.len(), 500);
    assert_eq!(finished.summary["created"], 500);
    assert!(finished.stderr.contains("Run the same command again later"), "{finished:?}");
}

#[tokio::test]
async fn repeated_internal_errors_end_the_import() {
    let proxy = Proxy::start(|_, _| Some(Fault::Respond(500, "{\"error\":\"internal error\"}"))).await;
    let import = import_through(&proxy, 10).await;
    let finished = import.run(&["people.csv", "--calls", "1"]).await;
    finished.assert_counts(1, [0, 0, 0, 10, 0]);
    assert!(finished.stderr.contains("500") && finished.stderr.contains("internal error"), "{finished:?}");
    assert_eq!(proxy.requests(), 4);
}

#[tokio::test]
async fn an_import_can_be_finished_after_its_token_expired() {
    let proxy =
        Proxy::start(|number, _| (number >= 5).then_some(Fault::Respond(401, "{\"error\":\"Log In\"}")))
            .await;
    let import = import_through(&proxy, 1_000).await;
    let finished = import.run(&in_batches_of_100(&[])).await;
    assert_eq!(finished.code, Some(5), "{finished:?}");
    assert!(
        finished.stderr.contains("contacts token issue") && !finished.stderr.contains(&import.token),
        "{finished:?}"
    );
    assert_eq!(finished.summary["created"], 500);
    let import = import.at(service_url());
    import.run(&in_batches_of_100(&[])).await.assert(0, [500, 500, 0, 0]);
    import.assert_people(1_000).await;
}

#[tokio::test]
async fn of_a_rejected_body_only_the_invalid_rows_are_rejected() {
    for fault in [Fault::Respond(400, "{\"error\":\"Wrong JSON body\"}"), Fault::Respond(413, "too large")] {
        let proxy = Proxy::start(move |_, body| body.contains("\"Contact 77\"").then_some(fault)).await;
        let import = import_through(&proxy, 200).await;
        import.run(&in_batches_of_100(&[])).await.assert(3, [199, 0, 1, 0]);
        let rejected = import.read("people.rejected.csv");
        assert_eq!(rejected.lines().count(), 2);
        assert!(rejected.ends_with(",ACME,Contact 77,067_77\n") && rejected.contains("\n79,"), "{rejected}");
    }
}

#[tokio::test]
async fn responses_of_another_server_end_the_import() {
    for (status, body) in [(200, "<html>"), (200, "{\"result\":[]}"), (400, "<html>"), (302, ""), (404, "")] {
        let proxy = Proxy::start(move |_, _| Some(Fault::Respond(status, body))).await;
        let import = import_through(&proxy, 10).await;
        let finished = import.run(&["people.csv", "--calls", "1"]).await;
        let (unknown, not_sent) = if status == 200 { (10, 0) } else { (0, 10) };
        finished.assert_counts(1, [0, 0, 0, unknown, not_sent]);
        assert!(finished.stderr.contains("Is that the service's URL?"), "{finished:?}");
    }
}

#[tokio::test]
async fn a_killed_import_can_be_run_again_without_duplicates() {
    let proxy = Proxy::start(|_, _| None).await;
    let import = import_through(&proxy, 3_000).await;
    let mut process = import.command(&in_batches_of_100(&[])).spawn().unwrap();
    wait_until(|| proxy.requests() >= 15).await;
    process.kill().await.unwrap();
    let left = 3_000 - import.names().await.len();
    assert!(left > 0);
    let finished = import.run(&in_batches_of_100(&[])).await;
    assert_eq!((finished.code, &finished.summary["rows_read"]), (Some(0), &3_000.into()), "{finished:?}");
    import.assert_people(3_000).await;
}

#[tokio::test]
async fn rejected_rows_survive_a_kill() {
    let proxy = Proxy::start(|number, _| (number >= 1).then_some(Fault::Silence)).await;
    let import = import_through(&proxy, 100).await;
    import.write("people.csv", format!("{}ACME,Dan\n", people(150).replace("067_7\n", "\n")));
    let mut process = import.command(&in_batches_of_100(&["--calls", "1"])).spawn().unwrap();
    let path = import.path("people.rejected.csv");
    wait_until(|| std::fs::read_to_string(&path).is_ok_and(|rows| rows.lines().count() == 2)).await;
    process.kill().await.unwrap();
    // The row at the end waits for the outcomes of those before it.
    assert!(import.read("people.rejected.csv").ends_with(",ACME,Contact 7,\n"));
}

#[tokio::test]
async fn an_interrupted_import_reports_counts_and_can_be_continued() {
    let proxy = Proxy::start(|number, _| (number >= 10).then_some(Fault::Silence)).await;
    let import = import_through(&proxy, 3_000).await;
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let answered = proxy.requests().max(10);
        let process = import.command(&in_batches_of_100(&["--json"])).spawn().unwrap();
        wait_until(|| proxy.requests() > answered).await;
        kill(pid(&process), signal).unwrap();
        let finished = FinishedImport::new(process.wait_with_output().await.unwrap());
        assert_eq!(finished.code, Some(130), "{finished:?}");
        assert!(finished.stderr.contains("run the same command again"), "{finished:?}");
        let count = |name: &str| finished.summary[name].as_u64().unwrap();
        // How many workers had a full batch when the first request got no answer depends on the rows.
        let unanswered = u64::try_from(proxy.requests() - answered).unwrap();
        assert_eq!(count("unknown"), unanswered * 100);
        assert_eq!(
            count("rows_read"),
            count("created") + count("updated") + count("unknown") + count("not_sent")
        );
    }
    assert_eq!(import.names().await.len(), 1_000);
    let import = import.at(service_url());
    import.run(&in_batches_of_100(&[])).await.assert(0, [2_000, 1_000, 0, 0]);
    import.assert_people(3_000).await;
}
