//! A deletion with an idempotency key, which may be a repeat of one that was carried out, or that was interrupted.

use super::deletion::{DeleteError, DeletionKey};
use crate::{
    context::{OperationContext, OperationId},
    domain::Tenant,
    store::{DeletedPart, DeletionPart, DeletionRecord, Kept, NewRecord, Store, StoreError},
};

/// A deletion with a key, and the state of its record.
pub(super) struct Repeat<'r> {
    store: &'r Store,
    context: &'r OperationContext,
    tenant: &'r Tenant,
    key: &'r DeletionKey,
    record: DeletionRecord,
    /// The operation, if this deletion is the first of its key.
    new_operation: OperationId,
}

impl<'r> Repeat<'r> {
    pub(super) fn new(
        store: &'r Store,
        context: &'r OperationContext,
        tenant: &'r Tenant,
        key: &'r DeletionKey,
    ) -> Self {
        let record = DeletionRecord::None { expired: None };
        Self { store, context, tenant, key, record, new_operation: OperationId::unique() }
    }

    /// Reads the record.
    ///
    /// # Errors
    /// Fails if the key is bound to another body, or the store fails.
    pub(super) async fn read_record(&mut self) -> Result<(), DeleteError> {
        self.record = self.store.deletion_record(self.context, &self.tenant.name, &self.key.binding).await?;
        match self.record {
            DeletionRecord::OtherBody => Err(DeleteError::KeyReused),
            _ => Ok(()),
        }
    }

    pub(super) fn kept(&self) -> Kept {
        self.key.kept
    }

    pub(super) fn has_record(&self) -> bool {
        matches!(self.record, DeletionRecord::Open(_) | DeletionRecord::Complete { .. })
    }

    /// The date of the first answer, if the deletion is complete.
    pub(super) fn processing_date(&self) -> Option<String> {
        match &self.record {
            DeletionRecord::Complete { processing_date, .. } => Some(processing_date.clone()),
            _ => None,
        }
    }

    fn operation(&self) -> &OperationId {
        match &self.record {
            DeletionRecord::Open(operation) | DeletionRecord::Complete { operation, .. } => operation,
            DeletionRecord::None { .. } | DeletionRecord::OtherBody => &self.new_operation,
        }
    }

    /// The contacts that are deleted so far, by this request or by earlier ones.
    pub(super) async fn parts(&self) -> Result<Vec<DeletedPart>, StoreError> {
        if !self.has_record() {
            return Ok(Vec::new());
        }
        let (tenant, binding) = (&self.tenant.name, &self.key.binding);
        self.store.deleted_parts(self.context, tenant, binding, self.operation()).await
    }

    /// Whether another request with the key has deleted contacts since the record was read, when `known` of them were deleted.
    /// Contacts that a deletion doesn't find may be those.
    ///
    /// # Errors
    /// Fails if the key is bound to another body by now, or the store fails.
    pub(super) async fn has_advanced(&mut self, known: usize) -> Result<bool, DeleteError> {
        self.read_record().await?;
        if self.processing_date().is_some() {
            return Ok(true);
        }
        let deleted: usize = self.parts().await?.iter().map(|part| part.contact_ids.len()).sum();
        Ok(deleted > known)
    }

    /// The writes of each transaction besides its deletes.
    pub(super) fn part(&self) -> DeletionPart<'r> {
        DeletionPart {
            binding: &self.key.binding,
            operation: self.operation().clone(),
            kept: self.key.kept,
            record: None,
        }
    }

    /// The writes of the first transaction besides its deletes.
    pub(super) fn first_part(&self, is_complete: bool) -> DeletionPart<'r> {
        let expired = match &self.record {
            DeletionRecord::None { expired } => expired.clone(),
            _ => None,
        };
        let processing_date = is_complete.then(|| self.tenant.time_zone.local_time());
        DeletionPart { record: Some(NewRecord { expired, processing_date }), ..self.part() }
    }

    /// Records that the first transaction took effect.
    pub(super) fn has_written(&mut self, part: &DeletionPart<'_>) {
        let operation = part.operation.clone();
        let processing_date = part.record.as_ref().and_then(|record| record.processing_date.clone());
        self.record = match processing_date {
            Some(processing_date) => DeletionRecord::Complete { operation, processing_date },
            None => DeletionRecord::Open(operation),
        };
    }

    /// Completes the record, and returns the date of the answer.
    pub(super) async fn complete(&mut self) -> Result<String, StoreError> {
        if let Some(processing_date) = self.processing_date() {
            return Ok(processing_date);
        }
        let date = self.tenant.time_zone.local_time();
        let (tenant, binding) = (&self.tenant.name, &self.key.binding);
        self.store.complete_deletion(self.context, tenant, binding, self.operation(), date).await
    }
}
