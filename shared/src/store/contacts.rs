//! Contacts: read by id, written in batches of conditional statements, deleted in transactions.
//!
//! A batch of `PartiQL` statements is the one call in which each write has a condition of its own and
//! fails alone, for one write unit each: `INSERT` fails on an item that is there, `UPDATE … WHERE` on one
//! that isn't or is no longer as it was read.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Backoff, MAX_CALLS, Store, StoreError,
    accounts::account_id_of,
    attributes::{Item, corrupt, optional_text, text},
    error::throttles,
    keys::{Key, PK, SK},
    transact::WRITES_A_TRANSACTION,
    usage::charged,
};
use crate::{
    concurrently,
    domain::{
        Contact, ContactId, ContactName, ContactType, Description, Email, LinkId, MobileNumber, Revision,
        TenantName,
    },
};
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, Delete, ReturnConsumedCapacity,
    TransactWriteItem,
};

/// How many statements a `BatchExecuteStatement` takes (its API reference).
const STATEMENTS_A_CALL: usize = 25;

/// Which operation created a contact: one that the same trigger, run again, has again. By it an operation
/// knows its own contact when the answer to its write got lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationId(String);

impl OperationId {
    /// The id of an operation whose trigger's id no other operation has.
    #[must_use]
    pub fn new(unique: &str) -> Self {
        Self(unique.to_owned())
    }

    /// The id of one try of an event that may come again under the same id. Each try is an operation of
    /// its own: what an event comes to can have changed by then.
    #[must_use]
    pub fn attempt(event: &str) -> Self {
        Self(format!("{event}/{}", Uuid::new_v4().simple()))
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A contact as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContact {
    /// The contact.
    pub contact: Contact,
    /// The write that it is as it is from.
    pub revision: Revision,
    /// The operation that created it.
    pub created_by: OperationId,
}

/// A write that takes effect only if the contact is as the writer believes.
#[derive(Debug, Clone)]
pub enum ContactWrite {
    /// Creates a contact, if there is none by its id.
    Create(Contact),
    /// Changes the fields that differ, if the contact is still as it was read.
    Change {
        /// As it was read.
        before: StoredContact,
        /// As it is to be.
        after: Contact,
    },
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It took effect.
    Written,
    /// It did not, because the contact isn't as the writer believed. If an earlier try of it took effect
    /// and its answer got lost, the contact carries the writer's [`OperationId`] or its values.
    Refused,
}

/// What became of deleting some contacts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// All are gone.
    Deleted,
    /// None is, because at least one is no longer as it was read.
    Refused,
}

impl Store {
    /// Reads the contacts that there are, by id.
    pub async fn contacts(
        &self,
        tenant: &TenantName,
        ids: impl IntoIterator<Item = ContactId>,
    ) -> Result<HashMap<ContactId, StoredContact>, StoreError> {
        let distinct: HashSet<_> = ids.into_iter().collect();
        let keys = distinct.into_iter().map(|id| Key::contact(tenant, id)).collect();
        let items = self.read(keys).await?;
        items.iter().map(|item| stored_contact(item).map(|stored| (stored.contact.id, stored))).collect()
    }

    /// Carries out writes of different contacts, each by itself, and says what became of each, in order.
    pub async fn write_contacts(
        &self,
        tenant: &TenantName,
        operation: &OperationId,
        writes: &[ContactWrite],
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        let batches = writes.chunks(STATEMENTS_A_CALL).map(|batch| self.execute(tenant, operation, batch));
        Ok(concurrently::all(MAX_CALLS, batches).await?.into_iter().flatten().collect())
    }

    /// Deletes up to 100 contacts together, if each is still as it was read. What hasn't begun at `begin_by`
    /// doesn't begin any more, and the store was unavailable then.
    pub async fn delete_contacts(
        &self,
        tenant: &TenantName,
        contacts: &[&StoredContact],
        begin_by: Instant,
    ) -> Result<DeleteOutcome, StoreError> {
        debug_assert!(contacts.len() <= Self::CONTACTS_A_DELETE, "a transaction takes no more");
        let deletes: Result<Vec<_>, _> = contacts
            .iter()
            .map(|stored| {
                Delete::builder()
                    .table_name(&*self.table)
                    .set_key(Some(Key::contact(tenant, stored.contact.id).into_attributes()))
                    .condition_expression("revision = :revision")
                    .expression_attribute_values(":revision", string(stored.revision.as_str()))
                    .build()
                    .map(|delete| TransactWriteItem::builder().delete(delete).build())
                    .map_err(StoreError::from)
            })
            .collect();
        let is_done = self.transact_beginning_by(&deletes?, Some(begin_by)).await?;
        Ok(if is_done { DeleteOutcome::Deleted } else { DeleteOutcome::Refused })
    }

    /// How many contacts [`Self::delete_contacts`] takes.
    pub const CONTACTS_A_DELETE: usize = WRITES_A_TRANSACTION;

    /// Carries out writes until each has taken effect or been refused. Statements are made anew for each try:
    /// a call takes them, and few calls need a second.
    async fn execute(
        &self,
        tenant: &TenantName,
        operation: &OperationId,
        writes: &[ContactWrite],
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        let mut outcomes = vec![None; writes.len()];
        let mut backoff = Backoff::new();
        loop {
            let open: Vec<usize> = (0..writes.len()).filter(|&at| outcomes[at].is_none()).collect();
            if open.is_empty() {
                return Ok(outcomes.into_iter().flatten().collect());
            }
            let statements = open.iter().map(|&at| self.statement(tenant, operation, &writes[at]));
            let why = match self.execute_once(statements.collect::<Result<_, _>>()?).await {
                Ok(answers) => {
                    for (at, answer) in open.into_iter().zip(answers) {
                        outcomes[at] = answer;
                    }
                    "statements were throttled".to_owned()
                }
                Err(error) if error.is_transient() => error.to_string(),
                Err(error) => return Err(error),
            };
            if outcomes.contains(&None) {
                self.back_off(&mut backoff, why).await;
            }
        }
    }

    /// Makes one call; `None` for a statement that has to be sent again.
    async fn execute_once(
        &self,
        batch: Vec<BatchStatementRequest>,
    ) -> Result<Vec<Option<WriteOutcome>>, StoreError> {
        let call = self
            .client
            .batch_execute_statement()
            .set_statements(Some(batch))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.attempt(call.send()).await?;
        self.count(|usage| usage.write_units += charged(answer.consumed_capacity()));
        let codes = answer.responses().iter().filter_map(|response| response.error()?.code());
        self.count_throttles(codes.filter(|code| throttles(code.as_str())).count());
        answer
            .responses()
            .iter()
            .map(|response| match response.error() {
                None => Ok(Some(WriteOutcome::Written)),
                Some(error) => refusal(error.code()),
            })
            .collect()
    }

    fn statement(
        &self,
        tenant: &TenantName,
        operation: &OperationId,
        write: &ContactWrite,
    ) -> Result<BatchStatementRequest, StoreError> {
        let (statement, parameters) = match write {
            ContactWrite::Create(contact) => self.insert(tenant, operation, contact),
            ContactWrite::Change { before, after } => self.update(tenant, before, after),
        };
        BatchStatementRequest::builder()
            .statement(statement)
            .set_parameters(Some(parameters))
            .build()
            .map_err(StoreError::from)
    }

    fn insert(
        &self,
        tenant: &TenantName,
        operation: &OperationId,
        contact: &Contact,
    ) -> (String, Vec<AttributeValue>) {
        let key = Key::contact(tenant, contact.id);
        let always = [
            (PK, AttributeValue::S(key.pk)),
            (SK, AttributeValue::S(key.sk)),
            ("link_id", AttributeValue::S(contact.link_id.to_string())),
            ("revision", string(Revision::unique().as_str())),
            ("created_by", string(&operation.0)),
        ];
        let given = fields(contact).into_iter().filter_map(|(name, value)| Some((name, value?)));
        let mut statement = format!("INSERT INTO \"{}\" VALUE", self.table);
        let mut values = Vec::with_capacity(11);
        for (name, value) in always.into_iter().chain(given) {
            statement.push_str(if values.is_empty() { " {'" } else { ", '" });
            statement.push_str(name);
            statement.push_str("': ?");
            values.push(value);
        }
        statement.push('}');
        (statement, values)
    }

    fn update(
        &self,
        tenant: &TenantName,
        before: &StoredContact,
        after: &Contact,
    ) -> (String, Vec<AttributeValue>) {
        let mut changes = vec!["SET \"revision\" = ?".to_owned()];
        let mut values = vec![string(Revision::unique().as_str())];
        for ((name, old), (_, new)) in fields(&before.contact).into_iter().zip(fields(after)) {
            match new {
                _ if old == new => {}
                Some(new) => {
                    changes.push(format!("SET \"{name}\" = ?"));
                    values.push(new);
                }
                None => changes.push(format!("REMOVE \"{name}\"")),
            }
        }
        let key = Key::contact(tenant, after.id);
        values.extend([
            AttributeValue::S(key.pk),
            AttributeValue::S(key.sk),
            string(before.revision.as_str()),
        ]);
        let changes = changes.join(" ");
        let statement = format!(
            "UPDATE \"{}\" {changes} WHERE \"pk\" = ? AND \"sk\" = ? AND \"revision\" = ?",
            self.table
        );
        (statement, values)
    }
}

/// What a statement's own error means: refused, to be sent again, or a fault.
fn refusal(code: Option<&BatchStatementErrorCodeEnum>) -> Result<Option<WriteOutcome>, StoreError> {
    use BatchStatementErrorCodeEnum as Code;
    match code {
        Some(Code::ConditionalCheckFailed | Code::DuplicateItem) => Ok(Some(WriteOutcome::Refused)),
        Some(
            Code::InternalServerError
            | Code::ProvisionedThroughputExceeded
            | Code::RequestLimitExceeded
            | Code::ThrottlingError
            | Code::TransactionConflict,
        ) => Ok(None),
        other => Err(StoreError::Refused(other.map_or("no code", Code::as_str).to_owned())),
    }
}

/// The attributes that an upsert can change, with what this contact has there.
fn fields(contact: &Contact) -> [(&'static str, Option<AttributeValue>); 6] {
    [
        ("account_id", Some(AttributeValue::N(contact.account.to_string()))),
        ("contact_name", Some(string(contact.name.as_str()))),
        ("contact_mobile_num", Some(string(contact.mobile_number.as_str()))),
        ("contact_type", Some(string(contact.kind.as_str()))),
        ("contact_email", contact.email.as_ref().map(|email| string(email.as_str()))),
        ("contact_desc", contact.description.as_ref().map(|description| string(description.as_str()))),
    ]
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(super) fn stored_contact(item: &Item) -> Result<StoredContact, StoreError> {
    let email = optional_text(item, "contact_email")?.map(Email::parse).transpose();
    let description = optional_text(item, "contact_desc")?.map(Description::parse).transpose();
    let contact = Contact {
        id: ContactId::parse(text(item, SK)?).map_err(corrupt(SK))?,
        link_id: LinkId::parse(text(item, "link_id")?).map_err(corrupt("link_id"))?,
        account: account_id_of(item)?,
        name: ContactName::parse(text(item, "contact_name")?).map_err(corrupt("contact_name"))?,
        mobile_number: MobileNumber::parse(text(item, "contact_mobile_num")?)
            .map_err(corrupt("contact_mobile_num"))?,
        kind: ContactType::stored(text(item, "contact_type")?.to_owned()),
        email: email.map_err(corrupt("contact_email"))?,
        description: description.map_err(corrupt("contact_desc"))?,
    };
    Ok(StoredContact {
        contact,
        revision: Revision::stored(text(item, "revision")?.to_owned()),
        created_by: OperationId::new(text(item, "created_by")?),
    })
}
