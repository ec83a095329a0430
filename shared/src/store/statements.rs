//! Writes of contacts, in batches of conditional `PartiQL` statements.
//!
//! `BatchExecuteStatement` is the only batch call in which each write has its own condition and succeeds or fails alone. A
//! write costs one unit per KB begun. `INSERT` fails on an item that exists, `UPDATE … WHERE` on one that doesn't exist or has changed.

use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, ReturnConsumedCapacity,
};

use super::{
    attributes::string,
    capacity::{consumed_units, count_throttles},
    contact_item::{CHANGEABLE, changeable_attributes, given_attributes},
    contacts::{ContactWrite, StoredContact},
    error::{StoreError, is_throttling},
    keys::{Key, PK, SK},
    outcome::WriteOutcome,
    retry::{Progress, Retries},
    table::{MAX_CONCURRENT_CALLS, Store},
};
use crate::{concurrency::try_join_bounded, context::OperationContext, domain::TenantName};

/// The most statements of a `BatchExecuteStatement` (its API reference).
pub(super) const MAX_STATEMENTS_PER_REQUEST: usize = 25;

/// About the length of an `INSERT` with all attributes.
const INSERT_LEN: usize = 256;

/// About the length of an `UPDATE` of one attribute.
const UPDATE_LEN: usize = 128;

impl Store {
    /// Writes contacts, each by itself, and returns their outcomes in the order of `writes`. No two writes may be of the same
    /// contact: DynamoDB refuses such a batch.
    ///
    /// `ConditionFailed` can be the effect of the write itself: if the response to an earlier try was lost, the retry finds
    /// its contact written. Unless another write came since, the contact then has the revision of this write.
    pub async fn write_contacts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        writes: &[ContactWrite],
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        let batches =
            writes.chunks(MAX_STATEMENTS_PER_REQUEST).map(|batch| self.write_batch(context, tenant, batch));
        Ok(try_join_bounded(MAX_CONCURRENT_CALLS, batches).await?.into_iter().flatten().collect())
    }

    async fn write_batch(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        writes: &[ContactWrite],
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        self.execute_all(context, writes.len(), |index| self.statement(tenant, &writes[index])).await
    }

    /// Sends up to 25 statements until each has an outcome, without a limit on the number of tries. Statements are built anew
    /// for each try: the SDK takes them by value, and few calls need a second try.
    pub(super) async fn execute_all(
        &self,
        context: &OperationContext,
        count: usize,
        statement: impl Fn(usize) -> Result<BatchStatementRequest, StoreError>,
    ) -> Result<Vec<WriteOutcome>, StoreError> {
        let mut outcomes = vec![None; count];
        let mut retries = Retries::new(context);
        loop {
            let open: Vec<usize> = (0..count).filter(|&index| outcomes[index].is_none()).collect();
            let statements = open.iter().map(|&index| statement(index)).collect::<Result<_, _>>()?;
            let response = self.execute_batch(context, statements).await;
            let progress = response.map(|responses| {
                for (index, outcome) in open.into_iter().zip(responses) {
                    outcomes[index] = outcome;
                }
                match outcomes.iter().copied().collect() {
                    Some(outcomes) => Progress::Done(outcomes),
                    None => Progress::Partial("statements failed, but can be sent again"),
                }
            });
            if let Some(outcomes) = retries.done_or_wait(progress).await? {
                return Ok(outcomes);
            }
        }
    }

    /// Makes one call. The result is in the order of the statements, and has `None` for each statement that has to be sent again.
    async fn execute_batch(
        &self,
        context: &OperationContext,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<Option<WriteOutcome>>, StoreError> {
        let call = self
            .client()
            .batch_execute_statement()
            .set_statements(Some(statements))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let response = self.attempt(context, call.send()).await?;
        context.count(|usage| usage.write_units += consumed_units(response.consumed_capacity()));
        let codes = response.responses().iter().filter_map(|response| response.error()?.code());
        count_throttles(context, codes.filter(|code| is_throttling(code.as_str())).count());
        response
            .responses()
            .iter()
            .map(|response| match response.error() {
                None => Ok(Some(WriteOutcome::Applied)),
                Some(error) => outcome_of_error(error.code()),
            })
            .collect()
    }

    fn statement(
        &self,
        tenant: &TenantName,
        write: &ContactWrite,
    ) -> Result<BatchStatementRequest, StoreError> {
        let (statement, parameters) = match &write.before {
            None => self.insert(tenant, write),
            Some(before) => self.update(tenant, before, write),
        };
        Ok(BatchStatementRequest::builder().statement(statement).set_parameters(Some(parameters)).build()?)
    }

    fn insert(&self, tenant: &TenantName, write: &ContactWrite) -> (String, Vec<AttributeValue>) {
        let contact = &write.after;
        let key = Key::contact(tenant, contact.id);
        let required = [
            (PK, AttributeValue::S(key.pk)),
            (SK, AttributeValue::S(key.sk)),
            ("link_id", AttributeValue::S(contact.link_id.to_string())),
            ("revision", string(write.revision.as_str())),
            ("created_by", string(write.created_by.as_str())),
        ];
        let mut statement = String::with_capacity(INSERT_LEN);
        statement.push_str("INSERT INTO \"");
        statement.push_str(self.table());
        statement.push_str("\" VALUE ");
        let mut values = Vec::with_capacity(required.len() + CHANGEABLE);
        for (name, value) in required.into_iter().chain(given_attributes(contact)) {
            statement.push_str(if values.is_empty() { "{'" } else { ",'" });
            statement.push_str(name);
            statement.push_str("':?");
            values.push(value);
        }
        statement.push('}');
        (statement, values)
    }

    fn update(
        &self,
        tenant: &TenantName,
        before: &StoredContact,
        write: &ContactWrite,
    ) -> (String, Vec<AttributeValue>) {
        let after = &write.after;
        let mut statement = String::with_capacity(UPDATE_LEN);
        statement.push_str("UPDATE \"");
        statement.push_str(self.table());
        statement.push_str("\" SET \"revision\"=?");
        let mut values = Vec::with_capacity(CHANGEABLE + 4);
        values.push(string(write.revision.as_str()));
        for ((name, old), (_, new)) in
            changeable_attributes(&before.contact).into_iter().zip(changeable_attributes(after))
        {
            if old == new {
                continue;
            }
            statement.push_str(if new.is_some() { " SET \"" } else { " REMOVE \"" });
            statement.push_str(name);
            statement.push_str(if new.is_some() { "\"=?" } else { "\"" });
            values.extend(new.map(AttributeValue::from));
        }
        statement.push_str(" WHERE \"pk\"=? AND \"sk\"=? AND \"revision\"=?");
        let key = Key::contact(tenant, after.id);
        values.extend([
            AttributeValue::S(key.pk),
            AttributeValue::S(key.sk),
            string(before.revision.as_str()),
        ]);
        (statement, values)
    }
}

/// The outcome that a statement's error code stands for; `None` for a transient error, after which the statement is sent
/// again.
fn outcome_of_error(code: Option<&BatchStatementErrorCodeEnum>) -> Result<Option<WriteOutcome>, StoreError> {
    use BatchStatementErrorCodeEnum as Code;
    match code {
        Some(Code::ConditionalCheckFailed | Code::DuplicateItem) => Ok(Some(WriteOutcome::ConditionFailed)),
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
