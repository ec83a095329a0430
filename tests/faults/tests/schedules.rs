//! The first schedules of a seed. `SEED=…` runs those of another seed; `make soak` runs more.

use contacts_faults::{Counts, Harness, Replay};
use futures_util::StreamExt;

/// How many schedules are checked.
const SCHEDULES: u64 = 300;

/// How many schedules are run twice and compared.
const REPLAYED: usize = 6;

fn seed() -> u64 {
    std::env::var("SEED").map_or(1, |seed| seed.parse().expect("SEED is a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_and_table_are_consistent_under_faults() {
    let harness = Harness::start(seed()).await.expect("the harness starts");
    let mut counts = Counts::default();
    let mut reports = Vec::new();
    let mut outcomes = std::pin::pin!(harness.run_all(0..SCHEDULES));
    while let Some(outcome) = outcomes.next().await {
        let outcome = outcome.expect("a schedule runs");
        counts += outcome.counts;
        reports.extend(outcome.report);
    }
    println!("seed {}\n{counts}", seed());
    assert!(reports.is_empty(), "{} of {SCHEDULES} schedules are wrong: {}", reports.len(), reports[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_of_a_schedule_repeats_every_step() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        // New processes: old ones have the tenants of these schedules in their caches.
        let harness = Harness::start(seed()).await.expect("the harness starts");
        let mut traces = Vec::new();
        let exact = (0..).filter(|schedule| harness.replay_of(*schedule) == Replay::Exact);
        for schedule in exact.take(REPLAYED) {
            let outcome = harness.run(schedule).await.expect("a schedule runs");
            traces.push((schedule, outcome.trace));
        }
        runs.push(traces);
    }
    for ((schedule, first), (_, second)) in runs[0].iter().zip(&runs[1]) {
        let difference = first.iter().zip(second).find(|(one, other)| one != other);
        assert_eq!(difference, None, "schedule {schedule}");
        assert_eq!(first.len(), second.len(), "schedule {schedule}");
    }
}
