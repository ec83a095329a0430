//! Contacts: read by id, written in batches of conditional statements, deleted in transactions.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};

use super::{
    attributes::{Item, string, text},
    contact_item::contact_of,
    deletion_record::DeletionPart,
    error::StoreError,
    keys::Key,
    outcome::WriteOutcome,
    table::Store,
    transact::{MAX_TRANSACTION_TIME, MAX_WRITES_PER_TRANSACTION},
};
use crate::{
    context::{OperationContext, OperationId},
    domain::{Contact, ContactId, Revision, TenantName},
};

/// A contact of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContact {
    /// The contact.
    pub contact: Contact,
    /// Revision of the last write.
    pub revision: Revision,
    /// The operation that created it.
    pub created_by: OperationId,
}

/// A conditional write of a contact.
#[derive(Debug, Clone)]
pub struct ContactWrite {
    /// The contact as it was read. The write takes effect only if it has not changed since; `None` if it must not exist.
    pub before: Option<StoredContact>,
    /// The contact to store.
    pub after: Contact,
    /// The revision to store. A contact that is read with it has been written by this write.
    pub revision: Revision,
    /// The operation to store as the creator, if the contact doesn't exist yet.
    pub created_by: OperationId,
}

impl ContactWrite {
    /// A write with a new revision.
    #[must_use]
    pub fn new(before: Option<StoredContact>, after: Contact, created_by: OperationId) -> Self {
        Self { before, after, revision: Revision::unique(), created_by }
    }
}

impl Store {
    /// Reads contacts by id; ids without a contact are missing in the result.
    pub async fn contacts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        ids: impl IntoIterator<Item = ContactId>,
    ) -> Result<HashMap<ContactId, StoredContact>, StoreError> {
        let distinct: HashSet<_> = ids.into_iter().collect();
        let keys = distinct.into_iter().map(|id| Key::contact(tenant, id)).collect();
        let items = self.read(context, keys).await?;
        let mut contacts = HashMap::with_capacity(items.len());
        for item in &items {
            let stored = stored_contact(item)?;
            contacts.insert(stored.contact.id, stored);
        }
        Ok(contacts)
    }

    /// The most contacts that [`Self::delete_contacts`] deletes without a part of a record.
    pub const MAX_CONTACTS_PER_DELETE: usize = MAX_WRITES_PER_TRANSACTION;

    /// The most contacts that it deletes with one: the record and the part are writes too.
    pub const MAX_CONTACTS_BESIDE_A_RECORD: usize = MAX_WRITES_PER_TRANSACTION - 2;

    /// Deletes up to 100 contacts in one transaction, if none has changed since it was read, and the record is as it was read
    /// too. Starts no transaction that could end after the context's deadline; the store is unavailable then.
    pub async fn delete_contacts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        contacts: &[&StoredContact],
        part: Option<&DeletionPart<'_>>,
    ) -> Result<WriteOutcome, StoreError> {
        debug_assert!(contacts.len() <= Self::MAX_CONTACTS_PER_DELETE, "more than a transaction takes");
        let deletes: Result<Vec<_>, _> = contacts
            .iter()
            .map(|stored| {
                Delete::builder()
                    .table_name(self.table())
                    .set_key(Some(Key::contact(tenant, stored.contact.id).into_attributes()))
                    .condition_expression("revision = :revision")
                    .expression_attribute_values(":revision", string(stored.revision.as_str()))
                    .build()
                    .map(|delete| TransactWriteItem::builder().delete(delete).build())
            })
            .collect();
        let start_deadline = context.deadline().start_deadline(MAX_TRANSACTION_TIME);
        let mut writes = deletes?;
        if let Some(part) = part {
            writes.extend(self.part_writes(tenant, part, contacts.iter().map(|stored| &stored.contact))?);
        }
        self.transact_until(context, &writes, start_deadline).await
    }
}

pub(super) fn stored_contact(item: &Item) -> Result<StoredContact, StoreError> {
    Ok(StoredContact {
        contact: contact_of(item)?,
        revision: Revision::stored(text(item, "revision")?),
        created_by: OperationId::new(text(item, "created_by")?),
    })
}
