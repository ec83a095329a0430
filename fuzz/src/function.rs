//! A function as Lambda runs it: an event's bytes in, its answer's JSON out, on the embedded DynamoDB. Both
//! functions are here; an event goes to the one that is asked for, and to no other code than theirs.

use std::{
    cell::RefCell,
    time::{Duration, SystemTime},
};

use contacts::{
    domain::{
        AccountCode, AccountName, ContactId, ContactName, Description, Email, LinkId, MobileNumber,
        TenantName,
    },
    event::{self, Event},
    operation::Operation,
    store::Store,
};
use dynoxide::Item;
use embedded_dynamodb::TABLE;
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic};
use tokio::runtime::{Builder, Runtime};

use crate::{
    dynamodb::InProcess,
    table::{Table, text},
};

/// The id of every invocation.
pub const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

/// How long an invocation may take. None comes near it.
const TIME: Duration = Duration::from_secs(29);

/// What a function answers, as Lambda gets it, or its error.
pub type Answer = Result<String, Diagnostic>;

struct Function {
    runtime: Runtime,
    dynamodb: InProcess,
    store: Store,
    table: Table,
}

thread_local! {
    static FUNCTION: RefCell<Function> = RefCell::new(Function::start());
}

/// What the function of an operation answers to an event that `is_meant`; `None` if it is another, or isn't
/// JSON, because then it never comes to the function.
#[must_use]
pub fn answer(operation: Operation, event: &[u8], is_meant: fn(&Event) -> bool) -> Option<Answer> {
    let event: Event = serde_json::from_slice(event).ok().filter(is_meant)?;
    let mut context = Context::default();
    REQUEST_ID.clone_into(&mut context.request_id);
    let deadline = (SystemTime::now() + TIME).duration_since(SystemTime::UNIX_EPOCH);
    let deadline = deadline.expect("it is later than 1970").as_millis();
    context.deadline = u64::try_from(deadline).expect("it is not that much later");
    FUNCTION.with_borrow(|function| {
        let event = LambdaEvent::new(event, context);
        let answer = function.runtime.block_on(event::answer(&function.store, operation, event));
        Some(match answer {
            Ok(answer) => Ok(serde_json::to_string(&answer).expect("an answer can be written as JSON")),
            Err(error) => Err(Diagnostic::from(error)),
        })
    })
}

/// Looks at what was written since the last time, and puts the table back as it was. `tenant` is the only
/// one that it could have been written for, where that is known.
pub fn restore(tenant: Option<&str>) {
    FUNCTION.with_borrow_mut(|function| {
        if !function.dynamodb.wrote() {
            return;
        }
        let (written, deleted) = function.table.restore();
        // What the caches know may be gone.
        function.store = Store::new(function.store.client().clone(), TABLE);
        for partition in written.iter().map(|item| text(item, "pk")).chain(deleted) {
            let (owner, kind) = partition.split_once('#').expect("only accounts and contacts are written");
            assert!(tenant.is_none_or(|tenant| tenant == owner), "{partition} is another tenant's");
            assert!(kind.contains('#'), "{partition} is no account's and no contact's");
        }
        for item in &written {
            check(item);
        }
    });
}

/// Whether an item that was written is one that the service could read again: each of its texts in the form
/// that its type keeps, a contact under the id that follows from its `link_id`.
fn check(item: &Item) {
    macro_rules! keeps {
        ($name:literal, $kind:ty) => {
            if item.contains_key($name) {
                let text = text(item, $name);
                let read = <$kind>::parse(&text).expect(concat!($name, " can be read again"));
                assert_eq!(read.as_str(), text, concat!($name, " is read as it was written"));
            }
        };
    }
    keeps!("account_code", AccountCode);
    keeps!("account_name", AccountName);
    keeps!("contact_name", ContactName);
    keeps!("contact_mobile_num", MobileNumber);
    keeps!("contact_email", Email);
    keeps!("contact_desc", Description);
    if item.contains_key("link_id") && text(item, "created_by") != "seed" {
        let link_id = LinkId::parse(&text(item, "link_id")).expect("a stored link_id can be read again");
        let partition = text(item, "pk");
        let (tenant, _) = partition.split_once('#').expect("a contact's key begins with its tenant");
        let tenant = TenantName::parse(tenant).expect("a tenant's name can be read again");
        assert_eq!(ContactId::derive(&tenant, link_id).to_string(), text(item, "sk"));
    }
}

impl Function {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime starts");
        let database = embedded_dynamodb::memory().expect("an embedded DynamoDB starts");
        let dynamodb = InProcess::new(database.clone());
        let store = Store::new(dynamodb.client(), TABLE);
        let table = runtime.block_on(Table::seeded(database, &store));
        dynamodb.wrote();
        let store = Store::new(store.client().clone(), TABLE);
        Self { runtime, dynamodb, store, table }
    }
}
