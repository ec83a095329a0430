//! Whatever happens on the way: nothing is lost, and nothing is there twice.

use std::time::Duration;

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::process::Child;

use crate::{
    import_proxy::{Fault, Proxy},
    import_runs::{Import, Ran, people},
};

const BUSY: &str = "{\"error\":\"busy\"}";

/// An import of so many rows, in calls of 100.
async fn through(proxy: &Proxy, rows: usize) -> Import {
    let import = Import::new().await.at(&proxy.url);
    import.write("people.csv", people(rows));
    import
}

fn in_hundreds<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["people.csv", "--rows-a-call", "100"], more].concat()
}

fn pid(process: &Child) -> Pid {
    Pid::from_raw(i32::try_from(process.id().unwrap()).unwrap())
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_service_that_throttles_or_loses_answers_gets_every_row_in_the_end() {
    let faults = [
        Fault::Answer(429, "{\"message\":\"Too Many Requests\"}"),
        Fault::Answer(503, BUSY),
        Fault::LoseAnswer,
        Fault::Answer(502, "<html>"),
        Fault::Answer(500, BUSY),
        Fault::Answer(504, ""),
    ];
    let proxy =
        Proxy::start(move |number, _| faults.get(number / 2).copied().filter(|_| number % 2 == 0)).await;
    let import = through(&proxy, 1_000).await;
    let ran = import.run(&in_hundreds(&[])).await;
    // What the lost answer told of is there already when it is asked again.
    ran.assert(0, [900, 100, 0, 0]);
    import.assert_people(1_000).await;
}

#[tokio::test]
async fn a_service_that_stays_busy_ends_the_import_with_what_went_through() {
    let proxy = Proxy::start(|number, _| (number >= 5).then_some(Fault::Answer(503, BUSY))).await;
    let import = through(&proxy, 1_000).await;
    let ran = import.run(&in_hundreds(&["--patience", "2s"])).await;
    assert_eq!(ran.code, Some(6), "{ran:?}");
    assert_eq!(import.names().await.len(), 500);
    assert_eq!(ran.summary["created"], 500);
    assert!(ran.said.contains("Run the same command again later"), "{ran:?}");
}

#[tokio::test]
async fn a_service_that_keeps_failing_ends_the_import() {
    let proxy = Proxy::start(|_, _| Some(Fault::Answer(500, "{\"error\":\"internal error\"}"))).await;
    let import = through(&proxy, 10).await;
    let ran = import.run(&["people.csv", "--calls", "1"]).await;
    ran.assert(1, [0, 0, 0, 10]);
    assert!(ran.said.contains("500") && ran.said.contains("internal error"), "{ran:?}");
    assert_eq!(proxy.calls(), 4);
}

#[tokio::test]
async fn a_token_that_expires_in_the_middle_ends_the_import_and_another_one_finishes_it() {
    let proxy =
        Proxy::start(|number, _| (number >= 5).then_some(Fault::Answer(401, "{\"error\":\"Log In\"}"))).await;
    let import = through(&proxy, 1_000).await;
    let ran = import.run(&in_hundreds(&[])).await;
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(ran.said.contains("contacts token issue") && !ran.said.contains(&import.token), "{ran:?}");
    assert_eq!(ran.summary["created"], 500);
    let import = import.at(crate::import_runs::service_url());
    import.run(&in_hundreds(&[])).await.assert(0, [500, 500, 0, 0]);
    import.assert_people(1_000).await;
}

#[tokio::test]
async fn of_a_call_that_is_refused_whole_only_the_rows_to_blame_are_rejected() {
    for answer in [Fault::Answer(400, "{\"error\":\"Wrong JSON body\"}"), Fault::Answer(413, "too large")] {
        let proxy = Proxy::start(move |_, body| body.contains("\"Contact 77\"").then_some(answer)).await;
        let import = through(&proxy, 200).await;
        import.run(&in_hundreds(&[])).await.assert(3, [199, 0, 1, 0]);
        let rejected = import.read("people.rejected.csv");
        assert_eq!(rejected.lines().count(), 2);
        assert!(rejected.ends_with(",ACME,Contact 77,067_77\n") && rejected.contains("\n79,"), "{rejected}");
    }
}

#[tokio::test]
async fn what_answers_but_is_not_the_service_ends_the_import() {
    for (status, body) in [(200, "<html>"), (200, "{\"result\":[]}"), (400, "<html>"), (302, ""), (404, "")] {
        let proxy = Proxy::start(move |_, _| Some(Fault::Answer(status, body))).await;
        let import = through(&proxy, 10).await;
        let ran = import.run(&["people.csv"]).await;
        ran.assert(1, [0, 0, 0, 10]);
        assert!(ran.said.contains("Is that the service's URL?"), "{ran:?}");
    }
}

#[tokio::test]
async fn killed_half_way_and_run_again_each_contact_is_there_once() {
    let proxy = Proxy::start(|_, _| None).await;
    let import = through(&proxy, 3_000).await;
    let mut process = import.command(&in_hundreds(&[])).spawn().unwrap();
    until(|| proxy.calls() >= 15).await;
    process.kill().await.unwrap();
    let left = 3_000 - import.names().await.len();
    assert!(left > 0);
    let ran = import.run(&in_hundreds(&[])).await;
    assert_eq!((ran.code, &ran.summary["rows"]), (Some(0), &3_000.into()), "{ran:?}");
    import.assert_people(3_000).await;
}

#[tokio::test]
async fn rejected_rows_that_are_known_survive_being_killed() {
    let proxy = Proxy::start(|number, _| (number >= 1).then_some(Fault::Silence)).await;
    let import = through(&proxy, 100).await;
    import.write("people.csv", format!("{}ACME,Dan\n", people(100).replace("067_7\n", "\n")));
    let mut process = import.command(&in_hundreds(&["--calls", "1"])).spawn().unwrap();
    let path = import.path("people.rejected.csv");
    until(|| std::fs::read_to_string(&path).is_ok_and(|rows| rows.lines().count() == 3)).await;
    process.kill().await.unwrap();
    assert_eq!(import.read("people.rejected.csv").lines().count(), 3);
}

#[tokio::test]
async fn an_interrupted_import_ends_in_good_order_and_goes_on_when_run_again() {
    let proxy = Proxy::start(|number, _| (number >= 10).then_some(Fault::Silence)).await;
    let import = through(&proxy, 3_000).await;
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let process = import.command(&in_hundreds(&["--json"])).spawn().unwrap();
        let calls = proxy.calls();
        until(|| proxy.calls() >= calls.max(10) + 4).await;
        kill(pid(&process), signal).unwrap();
        let ran = Ran::of(process.wait_with_output().await.unwrap());
        assert_eq!(ran.code, Some(130), "{ran:?}");
        assert!(ran.said.contains("run the same command again"), "{ran:?}");
        let count = |name: &str| ran.summary[name].as_u64().unwrap();
        assert_eq!(count("rows"), count("created") + count("not_sent"));
    }
    assert_eq!(import.names().await.len(), 1_000);
    let import = import.at(crate::import_runs::service_url());
    import.run(&in_hundreds(&[])).await.assert(0, [2_000, 1_000, 0, 0]);
    import.assert_people(3_000).await;
}
