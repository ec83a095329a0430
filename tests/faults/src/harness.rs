//! Runs schedules, from the seed to the report.

use std::{fmt::Write as _, sync::Arc};

use aws_sdk_dynamodb::Client;
use contacts_core::{domain::TenantName, store::Store};
use embedded_dynamodb::{EmbeddedDynamoDb, TABLE};
use fixture::TenantFixture;
use futures_util::{Stream, StreamExt, stream};

use crate::{
    HarnessError,
    catalog::Catalog,
    counts::Counts,
    function::FunctionPool,
    history::History,
    plan::{Plan, Replay},
    proxy::Proxy,
    rng::SeededRng,
    schedule::{self, ScheduleContext},
    table::TableSnapshot,
    verdict::{self, Verdict},
};

/// How many schedules run at once. Most of their time is the functions' back-off.
const CONCURRENT_SCHEDULES: usize = 12;

/// Runs schedules, on processes that they reuse one after the other.
pub struct Harness {
    functions: Arc<FunctionPool>,
    seed: u64,
}

/// The outcome of a schedule.
pub struct Outcome {
    /// How much it did.
    pub counts: Counts,
    /// What is wrong, for people to read. None if nothing is.
    pub report: Option<String>,
    /// The steps, a line each.
    pub trace: Vec<String>,
}

impl Harness {
    /// A harness for the schedules of this seed.
    pub async fn start(seed: u64) -> Result<Self, HarnessError> {
        Ok(Self { functions: Arc::new(FunctionPool::new(Proxy::start().await?)), seed })
    }

    /// How many processes of functions were started so far.
    #[must_use]
    pub fn processes(&self) -> u64 {
        self.functions.started()
    }

    /// Runs several schedules at once, and returns their outcomes in any order.
    pub fn run_all(
        &self,
        schedules: impl IntoIterator<Item = u64>,
    ) -> impl Stream<Item = Result<Outcome, HarnessError>> {
        let runs = schedules.into_iter().map(move |schedule| {
            let harness = Self { functions: Arc::clone(&self.functions), seed: self.seed };
            async move { tokio::spawn(async move { harness.run(schedule).await }).await? }
        });
        stream::iter(runs).buffer_unordered(CONCURRENT_SCHEDULES)
    }

    /// Whether a replay of this schedule repeats every step.
    #[must_use]
    pub fn replay_of(&self, schedule: u64) -> Replay {
        Plan::draw(&mut SeededRng::new(self.seed, schedule), self.seed, schedule).replay()
    }

    /// Runs one schedule.
    pub async fn run(&self, schedule: u64) -> Result<Outcome, HarnessError> {
        let mut rng = SeededRng::new(self.seed, schedule);
        let plan = Plan::draw(&mut rng, self.seed, schedule);
        let catalog = Catalog::new(&plan);
        let dynamodb = EmbeddedDynamoDb::in_memory().await?;
        let store_url = dynamodb.url();
        let client = Client::from_conf(embedded_dynamodb::client_settings(&store_url).build());
        let token = register_tenant(&client, &plan.tenant).await?;
        let context = ScheduleContext {
            functions: &self.functions,
            plan: &plan,
            catalog: &catalog,
            token: &token,
            store_url: &store_url,
        };
        let (history, result) = schedule::run(&context, &mut rng).await;
        let verdict = match result {
            Ok(()) => {
                let table = TableSnapshot::read(&client, &plan.tenant).await?;
                verdict::check(&plan, &catalog, &history, &table)
            }
            Err(failure) => Verdict { violations: vec![failure.to_string()], ..Verdict::default() },
        };
        let report =
            (!verdict.violations.is_empty()).then(|| self.report(schedule, &catalog, &history, &verdict));
        Ok(Outcome { counts: Counts::of_schedule(&plan, &history, &verdict), report, trace: history.trace })
    }

    fn report(&self, schedule: u64, catalog: &Catalog, history: &History, verdict: &Verdict) -> String {
        let mut report = format!("schedule {schedule} of seed {}:\n", self.seed);
        for violation in &verdict.violations {
            report.extend(["  ", violation, "\n"]);
        }
        let labels: Vec<_> = verdict.contacts.iter().map(|id| catalog.label(*id)).collect();
        if !labels.is_empty() {
            writeln!(report, "  contacts: {}", labels.join(", ")).expect("writing to a string never fails");
        }
        report.push_str("steps, with the time of each:\n");
        report.push_str(&history.trace.join("\n"));
        write!(report, "\nreplay: make soak SEED={} SCHEDULE={schedule}", self.seed)
            .expect("writing to a string never fails");
        report
    }
}

/// Creates the tenant of a schedule, and returns a token of it.
async fn register_tenant(client: &Client, name: &str) -> Result<String, HarnessError> {
    let tenant = TenantFixture::new(TenantName::parse(name)?, "faults");
    tenant.store(&Store::new(client.clone(), TABLE)).await?;
    Ok(tenant.token().to_owned())
}
