//! A round: each way once, on a table that is empty but for the tenant and its account, and proof that each
//! did what it was to do.

use std::time::Duration;

use contacts::{
    delete::{BeginBy, Deleted, Deletion, Selector, delete},
    domain::{ContactId, LinkId, TenantName},
    store::{OperationId, Store},
    upsert::{Item, State, upsert},
};

use super::Way;
use crate::{
    Failure,
    caller::Caller,
    contact_list::{COUNT, FIRST, SECOND, item, items},
    cost::{Cost, measured},
    dynamodb::empty_table,
    processor_time::Process,
    rivals::Rival,
};

/// How much time a delete has: more than it can take.
const TIME: Duration = Duration::from_mins(5);

/// What rounds need.
pub(super) struct Course<'a> {
    store: &'a Store,
    server: Process,
    size: u32,
    list: Vec<Item>,
    changed: Vec<Item>,
}

impl<'a> Course<'a> {
    /// Rounds with lists of a size.
    pub(super) fn new(store: &'a Store, server: Process, size: u32) -> Result<Self, Failure> {
        Ok(Self { store, server, size, list: items(size, FIRST)?, changed: items(size, SECOND)? })
    }

    /// What each way cost, in the order of [`Way::ALL`].
    pub(super) async fn round(&self, number: u32) -> Result<Vec<Cost>, Failure> {
        let mut costs = Vec::new();
        let mut caller = self.caller(number, Way::Create).await?;
        for way in Way::ALL {
            let cost = match way {
                Way::Create => self.upsert(&caller, "create", &self.list, State::Created).await?,
                Way::Repeat => self.upsert(&caller, "repeat", &self.list, State::Unchanged).await?,
                Way::Change => self.upsert(&caller, "change", &self.changed, State::Updated).await?,
                Way::Delete => self.delete(&caller).await?,
                Way::BatchWrite | Way::TransactWrite | Way::UpdateEach => {
                    caller = self.caller(number, way).await?;
                    self.rival(&caller.tenant.name, way).await?
                }
            };
            costs.push(cost);
        }
        Ok(costs)
    }

    /// A new tenant in an empty table, with an account that a warm function knows.
    async fn caller(&self, number: u32, way: Way) -> Result<Caller, Failure> {
        empty_table(self.store.client()).await?;
        let name = format!("round-{}-{number}-{}", self.size, way as u8);
        let caller = Caller::register(self.store, &name).await?;
        let operation = OperationId::new("account");
        upsert(self.store, &caller.tenant, &operation, &[item(COUNT, FIRST)?]).await?;
        Ok(caller)
    }

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

    async fn delete(&self, caller: &Caller) -> Result<Cost, Failure> {
        let account = self.list.first().and_then(|item| item.account.clone());
        let deletion = Deletion {
            account: account.ok_or("an item without an account")?,
            contacts: self.link_ids().map(Selector::LinkId).collect(),
            room: usize::MAX,
        };
        let work = async {
            let store = self.store.counting();
            let mut deleted = Deleted::new();
            let begin_by = BeginBy::now() + TIME;
            delete(&store, &caller.tenant.name, &deletion, begin_by, &mut deleted).await?;
            if deleted.len() == self.list.len() {
                Ok(store.usage())
            } else {
                Err("a delete did not tell of every contact".into())
            }
        };
        measured(self.server, work).await
    }

    async fn rival(&self, tenant: &TenantName, way: Way) -> Result<Cost, Failure> {
        let account = self.list.first().and_then(|item| item.account.as_ref()?.new_account(tenant));
        let account = account.ok_or("an item without an account")?.id;
        let operation = &OperationId::new("rival");
        let rival = Rival { client: self.store.client(), tenant, account, operation };
        let work = async {
            match way {
                Way::BatchWrite => rival.batch_write(&self.list).await,
                Way::TransactWrite => rival.transact_write(&self.list).await,
                _ => rival.update_each(&self.list).await,
            }
        };
        let cost = measured(self.server, work).await?;
        self.check(tenant).await?;
        Ok(cost)
    }

    /// Makes sure that all contacts are there, and can be read by the service.
    async fn check(&self, tenant: &TenantName) -> Result<(), Failure> {
        let ids = self.link_ids().map(|link_id| ContactId::derive(tenant, link_id));
        let found = self.store.contacts(tenant, ids).await?.len();
        if found == self.list.len() { Ok(()) } else { Err("not every contact was written".into()) }
    }

    fn link_ids(&self) -> impl Iterator<Item = LinkId> {
        self.list.iter().filter_map(|item| item.link_id)
    }
}
