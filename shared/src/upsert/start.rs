//! The start of an upsert: its idempotency keys are bound before anything is decided, but after the first successful read. So a
//! request that was rejected, or that couldn't read anything, binds no key.

use tokio::sync::OnceCell;

use super::{
    creation::{BoundSection, creation_id},
    error::UpsertError,
    identity::IdentifiedItem,
    item::Section,
};
use crate::{
    context::{Mode, OperationContext, OperationId},
    domain::{Right, TenantName},
    store::{BindOutcome, Store},
};

/// The keys of an upsert, and to which operations they are bound.
pub(super) struct Start<'s> {
    store: &'s Store,
    context: &'s OperationContext,
    tenant: &'s TenantName,
    sections: &'s [Section],
    bound: OnceCell<Vec<BoundSection>>,
}

/// An upsert that has started.
#[derive(Clone, Copy)]
pub(super) struct Started<'s> {
    context: &'s OperationContext,
    /// None if there are no keys.
    sections: &'s [BoundSection],
}

impl<'s> Start<'s> {
    pub(super) fn new(
        store: &'s Store,
        context: &'s OperationContext,
        tenant: &'s TenantName,
        sections: &'s [Section],
    ) -> Self {
        Self { store, context, tenant, sections, bound: OnceCell::new() }
    }

    /// Binds the keys, once.
    ///
    /// # Errors
    /// Fails if a key is bound to another body, or the store fails.
    pub(super) async fn ensure(&self) -> Result<Started<'_>, UpsertError> {
        let has_keys = self.sections.iter().any(|section| section.key.is_some());
        let sections = if has_keys && self.context.mode() == Mode::Apply {
            self.bound.get_or_try_init(|| self.bind()).await?.as_slice()
        } else {
            &[]
        };
        Ok(Started { context: self.context, sections })
    }

    async fn bind(&self) -> Result<Vec<BoundSection>, UpsertError> {
        let keys: Vec<_> = self.sections.iter().filter_map(|section| section.key.clone()).collect();
        match self.store.bind_keys(self.context, self.tenant, Right::Upsert, &keys).await? {
            BindOutcome::Bound(operations) => {
                let mut operations = operations.into_iter();
                let bound = |section: &Section| BoundSection {
                    end: section.end,
                    operation: match section.key {
                        Some(_) => operations.next().expect("every key is bound to an operation"),
                        None => self.context.id().clone(),
                    },
                };
                Ok(self.sections.iter().map(bound).collect())
            }
            BindOutcome::BoundToAnotherBody => Err(UpsertError::KeyReused),
        }
    }
}

impl Started<'_> {
    /// The id that a contact stores if these items create it.
    pub(super) fn creation_id(&self, items: &[IdentifiedItem<'_>]) -> OperationId {
        if self.sections.is_empty() { self.context.id().clone() } else { creation_id(self.sections, items) }
    }
}
