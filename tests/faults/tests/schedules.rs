//! A few hundred schedules, the same each time; `SEED=$RANDOM` looks further, and `make soak` longer.

use contacts_faults::{Counts, Harness};
use futures_util::StreamExt;

/// How many schedules are run.
const SCHEDULES: u64 = 300;

/// How many of them are run once more.
const AGAIN: u64 = 25;

fn seed() -> u64 {
    std::env::var("SEED").map_or(1, |seed| seed.parse().expect("SEED is a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_the_answers_and_the_table_add_up() {
    let harness = Harness::start(seed()).await.expect("the harness starts");
    let mut counts = Counts::default();
    let mut reports = Vec::new();
    let mut outcomes = std::pin::pin!(harness.run_all(0..SCHEDULES));
    while let Some(outcome) = outcomes.next().await {
        let outcome = outcome.expect("a schedule can be run");
        counts += outcome.counts;
        reports.extend(outcome.report);
    }
    println!("seed {}\n{counts}", seed());
    assert!(reports.is_empty(), "{} of {SCHEDULES} are wrong, among them {}", reports.len(), reports[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_runs_the_same_again() {
    let mut traces = Vec::new();
    for _ in 0..2 {
        // Functions of its own, since warm ones remember the tenants of the same names.
        let harness = Harness::start(seed()).await.expect("the harness starts");
        let mut run = Vec::new();
        for schedule in 0..AGAIN {
            let outcome = harness.run(schedule).await.expect("a schedule can be run");
            if outcome.is_exact {
                run.push((schedule, outcome.trace));
            }
        }
        traces.push(run);
    }
    println!("{} of {AGAIN} schedules are exact", traces[0].len());
    assert!(!traces[0].is_empty());
    for ((schedule, first), (_, second)) in traces[0].iter().zip(&traces[1]) {
        let differing = first.iter().zip(second).find(|(one, other)| one != other);
        assert_eq!(differing, None, "schedule {schedule}");
        assert_eq!(first.len(), second.len(), "schedule {schedule}");
    }
}
