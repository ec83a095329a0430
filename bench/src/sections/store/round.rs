//! A round: every workload once, each checked. `Create`, `CreateWithKey` and the baselines start with an empty table that
//! has only the tenant and its account.

use contacts_core::{
    context::{Deadline, OperationContext, OperationId, Usage},
    delete::{Deleted, Deletion, DeletionKey, delete},
    domain::{AccountReference, BodyDigest, ContactReference, IdempotencyKey, TenantName},
    store::{Kept, KeyBinding, Store},
    upsert::{Effect, Item, Section, upsert, upsert_sections},
};
use fixture::TenantFixture;

use super::{
    baselines::Baseline,
    cost::{Cost, measure_cost},
    workload::{RoundCosts, Workload},
};
use crate::{
    error::Result,
    harness::{
        contact_fixtures::{CHANGED_DESCRIPTION, DESCRIPTION, item, items},
        dynamodb_table::recreate_table,
        process_stats::Process,
        request_bytes::RequestBytes,
        tenant_fixture::register_tenant,
    },
};

/// A contact that is in no list. It is created before a measurement, so that the account exists and is
/// cached.
const WARM_UP_CONTACT: u32 = 10_000;

/// Runs rounds with lists of one length.
pub(super) struct RoundRunner<'a> {
    store: &'a Store,
    sent: &'a RequestBytes,
    dynamodb: Process,
    list: Vec<Item>,
    changed_list: Vec<Item>,
}

impl<'a> RoundRunner<'a> {
    /// `sent` counts the bytes that the store's client sends.
    pub(super) fn new(
        store: &'a Store,
        sent: &'a RequestBytes,
        dynamodb: Process,
        list_len: u32,
    ) -> Result<Self> {
        let list = items(list_len, DESCRIPTION)?;
        let changed_list = items(list_len, CHANGED_DESCRIPTION)?;
        Ok(Self { store, sent, dynamodb, list, changed_list })
    }

    /// Runs every workload once. A workload that does not do what it should is an error.
    pub(super) async fn run(&self, number: u32) -> Result<RoundCosts> {
        let caller = self.new_caller(number, Workload::Create).await?;
        let create = self.upsert(&caller, "create", &self.list, None, Effect::Created).await?;
        let repeat = self.upsert(&caller, "repeat", &self.list, None, Effect::Unchanged).await?;
        let change = self.upsert(&caller, "change", &self.changed_list, None, Effect::Updated).await?;
        let delete = self.delete(&caller, None).await?;
        let caller = self.new_caller(number, Workload::CreateWithKey).await?;
        let key = || Some(key_binding());
        Ok([
            create,
            repeat,
            change,
            delete,
            self.upsert(&caller, "create with a key", &self.list, key(), Effect::Created).await?,
            self.upsert(&caller, "repeat with a key", &self.list, key(), Effect::Created).await?,
            self.delete(&caller, key()).await?,
            self.delete(&caller, key()).await?,
            self.baseline(number, Workload::BatchWrite, async |baseline| {
                baseline.batch_write(&self.list).await
            })
            .await?,
            self.baseline(number, Workload::TransactWrite, async |baseline| {
                baseline.transact_write(&self.list).await
            })
            .await?,
            self.baseline(number, Workload::UpdateEach, async |baseline| {
                baseline.update_each(&self.list).await
            })
            .await?,
        ])
    }

    /// Recreates the table, and registers a new tenant whose account is cached as in a warm function. The
    /// tenant's name differs from every other, so that nothing else is cached.
    async fn new_caller(&self, number: u32, first: Workload) -> Result<TenantFixture> {
        recreate_table(self.store.client()).await?;
        let name = format!("round-{}-{number}-{}", self.list.len(), first as u8);
        let caller = register_tenant(self.store, &name).await?;
        let context = context("account");
        upsert(self.store, &caller.tenant, &context, &[item(WARM_UP_CONTACT, DESCRIPTION)?]).await?;
        Ok(caller)
    }

    async fn upsert(
        &self,
        caller: &TenantFixture,
        operation: &str,
        items: &[Item],
        key: Option<KeyBinding>,
        expected: Effect,
    ) -> Result<Cost> {
        let sections = [Section { end: items.len(), key }];
        let work = async {
            let context = context(operation);
            let outcomes = upsert_sections(self.store, &caller.tenant, &context, items, &sections).await?;
            if outcomes.iter().all(|outcome| matches!(outcome, Ok(applied) if applied.effect == expected)) {
                Ok(context.usage())
            } else {
                Err(format!("an upsert did not return {expected:?} for every contact").into())
            }
        };
        measure_cost(self.dynamodb, self.sent, work).await
    }

    async fn delete(&self, caller: &TenantFixture, key: Option<KeyBinding>) -> Result<Cost> {
        let contacts = self.contacts().copied().collect();
        let key = key.map(|binding| DeletionKey { binding, kept: Kept::Contacts });
        let deletion = Deletion { account: self.account().clone(), contacts, key };
        let work = async {
            let (context, mut deleted) = (context("delete"), Deleted::new());
            delete(self.store, &context, &caller.tenant, &deletion, |_| true, &mut deleted).await?;
            if deleted.len() == self.list.len() {
                Ok(context.usage())
            } else {
                Err("a delete did not return every contact".into())
            }
        };
        measure_cost(self.dynamodb, self.sent, work).await
    }

    async fn baseline(
        &self,
        number: u32,
        workload: Workload,
        write: impl AsyncFnOnce(&Baseline) -> Result<Usage>,
    ) -> Result<Cost> {
        let tenant = self.new_caller(number, workload).await?.tenant.name;
        let account = self.account().new_account(&tenant).expect("an account is created by its code").id;
        let baseline = Baseline {
            client: self.store.client(),
            tenant: &tenant,
            account,
            operation: &OperationId::new("baseline"),
        };
        let cost = measure_cost(self.dynamodb, self.sent, write(&baseline)).await?;
        self.check_stored(&tenant).await?;
        Ok(cost)
    }

    /// Checks that the service can read every contact.
    async fn check_stored(&self, tenant: &TenantName) -> Result<()> {
        let ids = self.contacts().map(|contact| contact.contact_id(tenant));
        let found = self.store.contacts(&context("check"), tenant, ids).await?.len();
        if found == self.list.len() { Ok(()) } else { Err("not every contact was written".into()) }
    }

    fn account(&self) -> &AccountReference {
        self.list[0].account.as_ref().expect("every contact of the list has an account")
    }

    fn contacts(&self) -> impl Iterator<Item = &ContactReference> {
        self.list.iter().map(|item| item.contact.as_ref().expect("every contact of the list has a link_id"))
    }
}

/// The key of the requests that have one. Each caller is a new tenant, so it is new for each.
fn key_binding() -> KeyBinding {
    let key =
        IdempotencyKey::parse("9e1d0f8c-3f0a-4f5d-9f62-0f3a5d0c7a11").expect("visible ASCII characters");
    KeyBinding { key, body: BodyDigest::of(b"{}") }
}

/// The context of an operation with this id, without a deadline.
fn context(operation: &str) -> OperationContext {
    OperationContext::new(OperationId::new(operation), Deadline::NONE)
}
