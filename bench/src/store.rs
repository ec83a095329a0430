//! Lists of 10,000 contacts at the table: the use case next to the other ways to write them.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, types::BillingMode};
use contacts::{
    domain::{ContactId, TenantName},
    store::{OperationId, Store},
    upsert::{Item, State, upsert},
};

use crate::{
    Failure,
    caller::Caller,
    contact_list::{COUNT, FIRST, SECOND, items},
    cost::{Cost, measured},
    processor_time::Process,
    rivals::Rival,
    samples::median,
    table::Table,
};

/// How many rounds count. One more goes before them, so that connections are open and code is in memory.
const ROUNDS: u32 = 7;

/// What each way cost in one round.
struct Round {
    create: Cost,
    repeat: Cost,
    change: Cost,
    batch_write: Cost,
    update_each: Cost,
}

/// What a round needs.
struct Course<'a> {
    store: &'a Store,
    client: Client,
    server: Process,
    first: Vec<Item>,
    changed: Vec<Item>,
}

/// Measures the ways in turn, round after round, and reports.
pub(crate) async fn section(store: &Store, server: Process) -> Result<String, Failure> {
    let (first, changed) = (items(COUNT, FIRST)?, items(COUNT, SECOND)?);
    let course = Course { store, client: store.client().clone(), server, first, changed };
    let mut rounds = Vec::new();
    for number in 0..=ROUNDS {
        let round = course.round(number).await?;
        if number > 0 {
            rounds.push(round);
        }
    }
    Ok(report(&rounds))
}

impl Course<'_> {
    async fn round(&self, number: u32) -> Result<Round, Failure> {
        self.empty_table().await?;
        let caller = Caller::register(self.store, &format!("round-{number}-upsert")).await?;
        let create = self.upsert(&caller, "create", &self.first, State::Created).await?;
        let repeat = self.upsert(&caller, "repeat", &self.first, State::Unchanged).await?;
        let change = self.upsert(&caller, "change", &self.changed, State::Updated).await?;
        let operation = OperationId::new("rival");

        self.empty_table().await?;
        let tenant = TenantName::parse(&format!("round-{number}-batch"))?;
        let batch_write =
            measured(self.server, self.rival(&tenant, &operation)?.batch_write(&self.first)).await?;
        self.check(&tenant).await?;

        self.empty_table().await?;
        let tenant = TenantName::parse(&format!("round-{number}-update"))?;
        let update_each =
            measured(self.server, self.rival(&tenant, &operation)?.update_each(&self.first)).await?;
        self.check(&tenant).await?;

        Ok(Round { create, repeat, change, batch_write, update_each })
    }

    /// Makes the table anew: the embedded DynamoDB takes longer for a write the more it holds, and whoever
    /// came last would pay for those before.
    async fn empty_table(&self) -> Result<(), Failure> {
        let name = embedded_dynamodb::TABLE;
        let described = self.client.describe_table().table_name(name).send().await?;
        let table = described.table.ok_or("a table without a description")?;
        self.client.delete_table().table_name(name).send().await?;
        self.client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(table.attribute_definitions)
            .set_key_schema(table.key_schema)
            .send()
            .await?;
        Ok(())
    }

    /// Measures the use case, and makes sure that every item did what it was to do.
    async fn upsert(
        &self,
        caller: &Caller,
        operation: &str,
        items: &[Item],
        expected: State,
    ) -> Result<Cost, Failure> {
        let operation = OperationId::new(operation);
        let work = async {
            let store = self.store.counting();
            let outcomes = upsert(&store, &caller.tenant, &operation, items).await?;
            if outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|done| done.state == expected)) {
                Ok(store.usage())
            } else {
                Err("an upsert did not do what it was to do".into())
            }
        };
        measured(self.server, work).await
    }

    fn rival<'a>(&'a self, tenant: &'a TenantName, operation: &'a OperationId) -> Result<Rival<'a>, Failure> {
        let account = self.first.first().and_then(|item| item.account.as_ref()?.new_account(tenant));
        let account = account.ok_or("an item without an account")?.id;
        Ok(Rival { client: &self.client, tenant, account, operation })
    }

    /// Makes sure that all contacts are there, and can be read by the service.
    async fn check(&self, tenant: &TenantName) -> Result<(), Failure> {
        let link_ids = self.first.iter().filter_map(|item| item.link_id);
        let ids = link_ids.map(|link_id| ContactId::derive(tenant, link_id));
        let found = self.store.contacts(tenant, ids).await?.len();
        if found == self.first.len() { Ok(()) } else { Err("not every contact was written".into()) }
    }
}

/// Which of a round's costs is meant.
type Way = fn(&Round) -> &Cost;

fn report(rounds: &[Round]) -> String {
    let ways: [(&str, Way); 5] = [
        ("upsert: all are created", |round| &round.create),
        ("upsert: the same list again", |round| &round.repeat),
        ("upsert: one field changed in each", |round| &round.change),
        ("BatchWriteItem, no conditions", |round| &round.batch_write),
        ("UpdateItem a contact", |round| &round.update_each),
    ];
    let columns =
        ["way", "wall, ms", "client CPU, ms", "server CPU, ms", "round trips", "read units", "write units"];
    let mut costs = Table::new(&columns);
    for (name, cost) in ways {
        let median = |of: fn(&Cost) -> f64| median(rounds.iter().map(|round| of(cost(round))));
        costs.row([
            name.to_owned(),
            format!("{:.0}", median(|cost| milliseconds(cost.wall))),
            format!("{:.0}", median(|cost| milliseconds(cost.client))),
            format!("{:.0}", median(|cost| milliseconds(cost.server))),
            format!("{:.0}", median(|cost| f64::from(cost.usage.round_trips))),
            format!("{:.0}", median(|cost| cost.usage.read_units)),
            format!("{:.0}", median(|cost| cost.usage.write_units)),
        ]);
    }
    let mut ratios = Table::new(&["upsert that creates all, next to", "wall", "client CPU", "server CPU"]);
    for (name, rival) in &ways[3..] {
        let ratio = |of: fn(&Cost) -> f64| {
            let ratios: Vec<_> = rounds.iter().map(|round| of(&round.create) / of(rival(round))).collect();
            let (least, greatest) =
                ratios.iter().fold((f64::INFINITY, 0.0_f64), |(least, greatest), &one| {
                    (least.min(one), greatest.max(one))
                });
            format!("{:.2} ({least:.2} to {greatest:.2})", median(ratios))
        };
        ratios.row([
            (*name).to_owned(),
            ratio(|cost| milliseconds(cost.wall)),
            ratio(|cost| milliseconds(cost.client)),
            ratio(|cost| milliseconds(cost.server)),
        ]);
    }
    format!(
        "## At the table\n\n{COUNT} contacts with every attribute, 32 calls at a time, each list in a tenant \
         that was empty; the medians of {ROUNDS} rounds in which the ways take turns.\n\n{costs}\nBy round, \
         the median (least to greatest):\n\n{ratios}"
    )
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
