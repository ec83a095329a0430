//! A schedule from its seed to its report.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    ops::AddAssign,
    sync::Arc,
};

use aws_sdk_dynamodb::Client;
use contacts::{
    domain::{ContactTypes, Right, Secret, Tenant, TimeZone, TokenGrant},
    store::Store,
};
use embedded_dynamodb::{EmbeddedDynamoDb, TABLE};
use futures_util::{Stream, StreamExt, stream};

use crate::{
    Failure,
    director::{self, Stage},
    draw::Draw,
    function::Functions,
    history::History,
    known::Known,
    plan::Plan,
    proxy::Proxy,
    store_call::Fault,
    table::Table,
    verdict::{self, Verdict},
};

/// How many schedules run at a time. Most of the time they wait for functions that wait to try again.
const AT_A_TIME: usize = 12;

/// Runs schedules, on functions that they share one after the other.
pub struct Harness {
    functions: Arc<Functions>,
    seed: u64,
}

/// What came of a schedule.
pub struct Outcome {
    /// What happened how often.
    pub counts: Counts,
    /// What is wrong, told so that people can follow; nothing, if nothing is.
    pub report: Option<String>,
    /// Whether exactly the same happens each time it is run.
    pub is_exact: bool,
    /// All that happened, a line each.
    pub trace: Vec<String>,
}

/// What happened how often.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Schedules.
    pub schedules: u64,
    /// Requests that callers sent, those that they sent again included.
    pub requests: u64,
    /// Those that were answered with what was done.
    pub answered: u64,
    /// Those that were answered with a 503.
    pub busy: u64,
    /// Those that were not answered, because the function was killed.
    pub unanswered: u64,
    /// Calls to the store.
    pub calls: u64,
    /// Writes of contacts that took effect, or may have, without the function hearing of it.
    pub unheard_writes: u64,
    /// Contacts whose events were explained.
    pub contacts: u64,
    /// Those that took a write which took effect twice.
    pub twice: u64,
    faults: BTreeMap<Fault, u64>,
}

impl Harness {
    /// A harness for the schedules of this seed.
    pub async fn start(seed: u64) -> Result<Self, Failure> {
        Ok(Self { functions: Arc::new(Functions::new(Proxy::start().await?)), seed })
    }

    /// How many processes of functions were started so far.
    #[must_use]
    pub fn processes(&self) -> u64 {
        self.functions.started()
    }

    /// Runs schedules, several at a time, in any order.
    pub fn run_all(
        &self,
        schedules: impl IntoIterator<Item = u64>,
    ) -> impl Stream<Item = Result<Outcome, Failure>> {
        let (functions, seed) = (&self.functions, self.seed);
        let runs = schedules.into_iter().map(move |schedule| {
            let harness = Self { functions: Arc::clone(functions), seed };
            async move { tokio::spawn(async move { harness.run(schedule).await }).await? }
        });
        stream::iter(runs).buffer_unordered(AT_A_TIME)
    }

    /// Runs one schedule.
    pub async fn run(&self, schedule: u64) -> Result<Outcome, Failure> {
        let mut draw = Draw::of(self.seed, schedule);
        let plan = Plan::draw(&mut draw, self.seed, schedule);
        let known = Known::of(&plan).ok_or("a plan with names that aren't valid")?;
        let dynamodb = EmbeddedDynamoDb::in_memory().await?;
        let client = client(&dynamodb.url());
        let token = register(&client, &known).await?;
        let url = dynamodb.url();
        let stage =
            Stage { functions: &self.functions, plan: &plan, known: &known, token: &token, store: &url };
        let (history, ended) = director::run(&stage, &mut draw).await;
        let verdict = match ended {
            Ok(()) => {
                let table = Table::read(&client, &plan.tenant).await?;
                verdict::judge(&plan, &known, &history, &table)
            }
            Err(failure) => Verdict { violations: vec![failure.to_string()], ..Verdict::default() },
        };
        let report =
            (!verdict.violations.is_empty()).then(|| self.report(schedule, &known, &history, &verdict));
        Ok(Outcome {
            counts: Counts::of(&history, &verdict),
            report,
            is_exact: plan.is_exact(),
            trace: history.trace,
        })
    }

    fn report(&self, schedule: u64, known: &Known, history: &History, verdict: &Verdict) -> String {
        let mut report = format!("schedule {schedule} of seed {}:\n", self.seed);
        for violation in &verdict.violations {
            report.extend(["  ", violation, "\n"]);
        }
        let labels: Vec<_> = verdict.contacts.iter().map(|id| known.label(*id)).collect();
        if !labels.is_empty() {
            // Writing to a string never fails.
            let _ = writeln!(report, "  it is about {}", labels.join(", "));
        }
        report.push_str("what happened, by moments:\n");
        report.push_str(&history.trace.join("\n"));
        let _ = write!(report, "\nagain: make soak SEED={} SCHEDULE={schedule}", self.seed);
        report
    }
}

fn client(url: &str) -> Client {
    Client::from_conf(embedded_dynamodb::client_settings(url).build())
}

/// Makes the tenant that a schedule is about, and returns a token for it.
async fn register(client: &Client, known: &Known) -> Result<String, Failure> {
    let store = Store::new(client.clone(), TABLE);
    let tenant = Tenant {
        name: known.tenant.clone(),
        time_zone: TimeZone::parse("Europe/Kiev")?,
        contact_types: ContactTypes::default(),
    };
    let secret = Secret::random();
    let rights = vec![Right::Upsert, Right::Delete];
    let grant = TokenGrant { rights, label: "faults".to_owned(), expires_at: None };
    store.put_tenant(&tenant).await?;
    store.put_token(&tenant.name, &secret.digest(), &grant).await?;
    Ok(secret.token_of(&tenant.name))
}

impl Counts {
    fn of(history: &History, verdict: &Verdict) -> Self {
        let count = |number: usize| number as u64;
        let answered = history.invocations.iter().filter(|one| one.is_settled()).count();
        let unanswered = history.invocations.iter().filter(|one| one.heard.is_none()).count();
        let requests = history.invocations.len();
        Self {
            schedules: 1,
            requests: count(requests),
            answered: count(answered),
            busy: count(requests - answered - unanswered),
            unanswered: count(unanswered),
            calls: history.calls,
            unheard_writes: count(history.writes.iter().filter(|write| !write.is_heard).count()),
            contacts: verdict.explained,
            twice: verdict.twice,
            faults: history.faults.clone(),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.requests += other.requests;
        self.answered += other.answered;
        self.busy += other.busy;
        self.unanswered += other.unanswered;
        self.calls += other.calls;
        self.unheard_writes += other.unheard_writes;
        self.contacts += other.contacts;
        self.twice += other.twice;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} schedules, {} requests: {} answered, {} answered with a 503, {} not answered",
            self.schedules, self.requests, self.answered, self.busy, self.unanswered
        )?;
        writeln!(
            f,
            "{} calls to the store, {} writes of contacts that the function heard no end of",
            self.calls, self.unheard_writes
        )?;
        writeln!(
            f,
            "{} contacts explained, {} of them by a write that took effect twice",
            self.contacts, self.twice
        )?;
        write!(f, "faults:")?;
        for (fault, count) in &self.faults {
            write!(f, " {count} {fault:?},")?;
        }
        Ok(())
    }
}
