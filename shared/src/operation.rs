//! An operation as a whole, from a body to an answer, for whoever has found out which tenant asks. Every
//! trigger comes through here; what an answer or a failure looks like on its way back is the trigger's
//! business.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use lambda_http::Context;
use tokio::time::{Instant, timeout_at};

use crate::{
    body::{
        DeleteAnswer, DeleteBody, DeleteProblem, DeletedContacts, UpsertAnswer, UpsertBody, UpsertList,
        WrongBody,
    },
    delete,
    domain::{Right, Tenant},
    phases::Phase,
    store::{OperationId, Store, StoreError},
    upsert,
};

/// The two operations; each has a function, and each takes the right of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// To create and update contacts.
    Upsert,
    /// To delete contacts of an account.
    Delete,
}

impl Operation {
    /// The right that a token must have for it.
    #[must_use]
    pub fn right(self) -> Right {
        match self {
            Self::Upsert => Right::Upsert,
            Self::Delete => Right::Delete,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.right().fmt(f)
    }
}

/// Why an operation has no answer of its own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The body of an upsert is not what it has to be.
    #[error(transparent)]
    WrongBody(#[from] WrongBody),
    /// The store can't be reached or is throttling, and there is no more time to wait for it. What the log says
    /// of it.
    #[error("the service is busy; sending the same request again is safe")]
    Busy(String),
    /// One of the others, in the middle of a delete of more than one transaction.
    #[error("{1}; the contacts that are listed here are deleted already")]
    DeletedInPart(DeletedContacts, Box<Failure>),
    /// The store failed in a way that time doesn't mend.
    #[error("internal error; the log has its cause under the request id")]
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Busy(error.to_string()),
            other => Self::Store(other),
        }
    }
}

impl Failure {
    /// How many contacts are gone in spite of it.
    #[must_use]
    pub fn deleted(&self) -> usize {
        match self {
            Self::DeletedInPart(deleted, _) => deleted.0.len(),
            _ => 0,
        }
    }

    /// What the log says about a failure that isn't the caller's doing.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::WrongBody(_) => None,
            Self::Busy(cause) => Some(cause.clone()),
            Self::DeletedInPart(_, failure) => failure.cause(),
            Self::Store(error) => Some(error.to_string()),
        }
    }
}

/// What an operation needs to know beside the body.
#[derive(Clone, Copy)]
pub struct Call<'c> {
    /// Where contacts are.
    pub store: &'c Store,
    /// Whose contacts.
    pub tenant: &'c Tenant,
    /// Which operation this is, again if it is the same.
    pub id: &'c OperationId,
    /// How long it may take.
    pub limit: TimeLimit,
}

impl Call<'_> {
    /// Creates or updates contacts.
    pub async fn upsert(self, body: &UpsertBody<'_>) -> Result<UpsertAnswer, Failure> {
        let list = self.store.phases().run(Phase::Parse, || body.list(&self.tenant.contact_types))?;
        let work = upsert::upsert(self.store, self.tenant, self.id, &list.items);
        let outcomes = self.limit.keep(work).await??;
        Ok(list.answer(outcomes))
    }

    /// Creates or updates the contacts of several lists as if they were one; an answer for each.
    pub async fn upsert_lists(self, lists: Vec<UpsertList>) -> Result<Vec<UpsertAnswer>, Failure> {
        let items: Vec<_> = lists.iter().flat_map(|list| list.items.iter().cloned()).collect();
        let work = upsert::upsert(self.store, self.tenant, self.id, &items);
        let mut outcomes = self.limit.keep(work).await??.into_iter();
        let answer = |list: UpsertList| {
            let own = outcomes.by_ref().take(list.items.len()).collect();
            list.answer(own)
        };
        Ok(lists.into_iter().map(answer).collect())
    }

    /// Deletes contacts of an account.
    pub async fn delete<'b>(self, body: &DeleteBody<'b>) -> Result<DeleteAnswer<'b>, Failure> {
        let mut deleted = delete::Deleted::new();
        let told = |deleted: delete::Deleted| deleted.into_values().collect();
        let result = match self.store.phases().run(Phase::Parse, || body.deletion()) {
            Err(problem) => Err(problem),
            Ok(deletion) => {
                let (name, begin_by) = (&self.tenant.name, self.limit.0 - TRANSACTION_TIME);
                let work = delete::delete(self.store, name, &deletion, begin_by, &mut deleted);
                match self.limit.keep(work).await.map(|ended| ended.map_err(DeleteProblem::of)) {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(Ok(problem))) => Err(problem),
                    Ok(Err(Err(error))) => return Err(in_part(error.into(), told(deleted))),
                    Err(failure) => return Err(in_part(failure, told(deleted))),
                }
            }
        };
        Ok(DeleteAnswer::new(result, told(deleted), body.echo(), &self.tenant.time_zone))
    }
}

/// A failure, with what was deleted before it came.
fn in_part(failure: Failure, deleted: Vec<crate::domain::Contact>) -> Failure {
    if deleted.is_empty() {
        failure
    } else {
        Failure::DeletedInPart(DeletedContacts(deleted), Box::new(failure))
    }
}

/// How long before Lambda would cut it off an invocation must have answered, so that a caller hears that
/// it failed, and not nothing: a second, and a little for shaping and sending the answer.
const MARGIN: Duration = Duration::from_millis(1_300);

/// How long before the limit the last transaction of a delete may begin: longer than the store waits for
/// an answer.
const TRANSACTION_TIME: Duration = Duration::from_millis(5_500);

/// The time that an invocation has where nobody says how long it has. `cargo lambda watch` says that
/// every deadline was in 1970.
const UNTOLD: Duration = Duration::from_secs(29);

/// The moment by which the work on an event must be done.
#[derive(Debug, Clone, Copy)]
pub struct TimeLimit(Instant);

impl TimeLimit {
    /// The limit that an invocation's context sets.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let left = context.deadline().duration_since(SystemTime::now());
        Self(Instant::now() + left.unwrap_or(UNTOLD).saturating_sub(MARGIN))
    }

    /// Does some work, unless time runs out first.
    pub async fn keep<T>(self, work: impl Future<Output = T>) -> Result<T, Failure> {
        timeout_at(self.0, work).await.map_err(|_| Failure::Busy("time ran out".to_owned()))
    }
}
