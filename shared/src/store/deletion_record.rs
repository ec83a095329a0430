//! The record of a delete with an idempotency key, and its parts.
//!
//! The record is written in the first transaction of the delete. Each transaction also writes a part, which says what it has
//! deleted: so the record lists exactly the contacts that are deleted. A delete of one transaction is complete
//! with it; for a longer one, the record is completed after the last. Parts are next to the record, and expire with it.

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use uuid::Uuid;

use super::{
    attributes::{Item, optional_text, string, text_list, texts},
    contact_item::{contact_attributes, contact_of},
    error::StoreError,
    key_record::{BODY, KeyBinding, OPERATION, Record, TIME_TO_LIVE, record_key, time_to_live},
    keys::Key,
    outcome::WriteOutcome,
    query::Partition,
    table::Store,
};
use crate::{
    context::{OperationContext, OperationId},
    domain::{Contact, Right, TenantName},
};

/// The moment at which the delete was complete, as its answer has it.
const PROCESSING_DATE: &str = "processing_date";

/// The ids of the contacts of a part.
const CONTACT_IDS: &str = "contact_ids";

/// The contacts of a part.
const CONTACTS: &str = "contacts";

/// Which data of the deleted contacts a record keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The contacts, for the answer to a repeated request.
    Contacts,
    /// Their ids only: the trigger returns no answer.
    Ids,
}

/// The state of the key of a delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletionRecord {
    /// There is no record, or the one that there is has expired.
    None {
        /// When it expired.
        expired: Option<String>,
    },
    /// The key is bound to another body.
    OtherBody,
    /// The delete has started.
    Open(OperationId),
    /// The delete is complete.
    Complete {
        /// The operation.
        operation: OperationId,
        /// The date of its answer.
        processing_date: String,
    },
}

/// The writes of a transaction besides its deletes.
#[derive(Debug, Clone)]
pub struct DeletionPart<'p> {
    /// The key.
    pub binding: &'p KeyBinding,
    /// The operation.
    pub operation: OperationId,
    /// Which data of the contacts it keeps.
    pub kept: Kept,
    /// The record, in the first transaction.
    pub record: Option<NewRecord>,
}

/// A record that is written in the first transaction of its delete.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// When the record that it replaces expired.
    pub expired: Option<String>,
    /// The date of the answer, if the delete is complete with this transaction.
    pub processing_date: Option<String>,
}

/// The contacts that one transaction has deleted.
#[derive(Debug, Default)]
pub struct DeletedPart {
    /// The ids of all contacts.
    pub contact_ids: Vec<String>,
    /// The contacts, if they are kept.
    pub contacts: Vec<Contact>,
}

impl Store {
    /// Reads the record of a key.
    pub async fn deletion_record(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        binding: &KeyBinding,
    ) -> Result<DeletionRecord, StoreError> {
        let key = record_key(tenant, Right::Delete, &binding.key);
        let items = self.read(context, vec![key]).await?;
        let Some(item) = items.first() else { return Ok(DeletionRecord::None { expired: None }) };
        let record = Record::read(item)?;
        if record.has_expired() {
            return Ok(DeletionRecord::None { expired: Some(record.time_to_live.to_owned()) });
        }
        if record.body != binding.body.as_str() {
            return Ok(DeletionRecord::OtherBody);
        }
        let operation = OperationId::new(record.operation);
        Ok(match optional_text(item, PROCESSING_DATE)? {
            None => DeletionRecord::Open(operation),
            Some(date) => DeletionRecord::Complete { operation, processing_date: date.to_owned() },
        })
    }

    /// Reads the parts of a delete.
    pub async fn deleted_parts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        binding: &KeyBinding,
        operation: &OperationId,
    ) -> Result<Vec<DeletedPart>, StoreError> {
        let key = record_key(tenant, Right::Delete, &binding.key);
        let prefix = Some(part_prefix(&key, operation));
        let partition = Partition { key: key.pk, prefix, ..Partition::default() };
        let items = self.all_of(context, &partition).await?;
        items.iter().map(deleted_part).collect()
    }

    /// Completes the record of a longer delete. Returns the date that it is complete with: another one's, if a repeated request
    /// was faster.
    pub async fn complete_deletion(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        binding: &KeyBinding,
        operation: &OperationId,
        processing_date: String,
    ) -> Result<String, StoreError> {
        let item = record_item(tenant, binding, operation, Some(&processing_date));
        let put = Put::builder()
            .table_name(self.table())
            .set_item(Some(item))
            .condition_expression("#operation = :operation AND attribute_not_exists(processing_date)")
            .expression_attribute_names("#operation", OPERATION)
            .expression_attribute_values(":operation", string(operation.as_str()))
            .build()?;
        let writes = [TransactWriteItem::builder().put(put).build()];
        if self.transact(context, &writes).await? == WriteOutcome::ConditionFailed
            && let DeletionRecord::Complete { processing_date, .. } =
                self.deletion_record(context, tenant, binding).await?
        {
            return Ok(processing_date);
        }
        Ok(processing_date)
    }

    /// The writes of a transaction besides its deletes of these contacts.
    pub(super) fn part_writes<'c>(
        &self,
        tenant: &TenantName,
        part: &DeletionPart<'_>,
        contacts: impl Iterator<Item = &'c Contact> + Clone,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        let is_complete = part.record.as_ref().is_some_and(|record| record.processing_date.is_some());
        if part.kept == Kept::Contacts || !is_complete {
            writes.push(self.put_new(part_item(tenant, part, contacts))?);
        }
        if let Some(record) = &part.record {
            let item = record_item(tenant, part.binding, &part.operation, record.processing_date.as_deref());
            let mut put = Put::builder().table_name(self.table()).set_item(Some(item));
            put = match &record.expired {
                None => put.condition_expression("attribute_not_exists(pk)"),
                Some(expired) => put
                    .condition_expression("attribute_not_exists(pk) OR time_to_live = :expired")
                    .expression_attribute_values(":expired", AttributeValue::N(expired.clone())),
            };
            writes.push(TransactWriteItem::builder().put(put.build()?).build());
        }
        Ok(writes)
    }
}

fn record_item(
    tenant: &TenantName,
    binding: &KeyBinding,
    operation: &OperationId,
    processing_date: Option<&str>,
) -> Item {
    let mut item = record_key(tenant, Right::Delete, &binding.key).into_attributes();
    item.insert(BODY.to_owned(), string(binding.body.as_str()));
    item.insert(OPERATION.to_owned(), string(operation.as_str()));
    item.insert(TIME_TO_LIVE.to_owned(), time_to_live(&binding.key));
    if let Some(date) = processing_date {
        item.insert(PROCESSING_DATE.to_owned(), string(date));
    }
    item
}

fn part_item<'c>(
    tenant: &TenantName,
    part: &DeletionPart<'_>,
    contacts: impl Iterator<Item = &'c Contact> + Clone,
) -> Item {
    let record = record_key(tenant, Right::Delete, &part.binding.key);
    let sk = format!("{}{}", part_prefix(&record, &part.operation), Uuid::new_v4().simple());
    let mut item = Key { pk: record.pk, sk }.into_attributes();
    item.insert(TIME_TO_LIVE.to_owned(), time_to_live(&part.binding.key));
    let ids: Vec<_> = contacts.clone().map(|contact| contact.id.to_string()).collect();
    item.insert(CONTACT_IDS.to_owned(), text_list(ids.iter().map(String::as_str)));
    if part.kept == Kept::Contacts {
        let contacts = contacts.map(|contact| AttributeValue::M(contact_attributes(contact)));
        item.insert(CONTACTS.to_owned(), AttributeValue::L(contacts.collect()));
    }
    item
}

/// The beginning of the sort keys of a delete's parts.
fn part_prefix(record: &Key, operation: &OperationId) -> String {
    format!("{}#{}#", record.sk, operation.as_str())
}

fn deleted_part(item: &Item) -> Result<DeletedPart, StoreError> {
    let contacts = match item.get(CONTACTS) {
        None => Vec::new(),
        Some(AttributeValue::L(contacts)) => contacts
            .iter()
            .map(|contact| contact_of(contact.as_m().map_err(|_| StoreError::no_valid(CONTACTS))?))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(StoreError::no_valid(CONTACTS)),
    };
    Ok(DeletedPart { contact_ids: texts(item, CONTACT_IDS)?, contacts })
}
