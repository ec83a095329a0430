//! A function as Lambda runs it: the bytes of an event in, the JSON of its response out, on the embedded
//! DynamoDB. Both functions share one table here.

use std::{
    cell::RefCell,
    time::{Duration, SystemTime},
};

use contacts_core::{
    domain::{
        AccountCode, AccountName, ContactId, ContactName, Description, Email, LinkId, MobileNumber,
        TenantName,
    },
    store::Store,
};
use dynoxide::Item;
use embedded_dynamodb::TABLE;
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic};
use tokio::runtime::{Builder, Runtime};

use crate::{
    dynamodb::InProcessDynamoDb,
    service::{self, Operation, Trigger},
    table::{SeededTable, text},
};

/// The id of every invocation.
pub const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

/// The time limit of an invocation. None comes near it.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// What a function gives Lambda: the JSON of a response, or an error.
pub type Response = Result<String, Diagnostic>;

/// The tenants whose items an input may have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedTenants {
    /// The event names its tenant itself, without a token.
    Any,
    /// The event has a token of this tenant, or none.
    Only(&'static str),
}

struct Function {
    runtime: Runtime,
    dynamodb: InProcessDynamoDb,
    store: Store,
    table: SeededTable,
}

thread_local! {
    static FUNCTION: RefCell<Function> = RefCell::new(Function::start());
}

/// Invokes the function of an operation. `None` if the event isn't one of the trigger.
#[must_use]
pub fn invoke(operation: Operation, event: &[u8], trigger: Trigger) -> Option<Response> {
    let event = trigger.read(event)?;
    let mut context = Context::default();
    REQUEST_ID.clone_into(&mut context.request_id);
    let deadline = (SystemTime::now() + TIME_LIMIT).duration_since(SystemTime::UNIX_EPOCH);
    let deadline = deadline.expect("it is later than 1970").as_millis();
    context.deadline = u64::try_from(deadline).expect("milliseconds since 1970 fit into 64 bits");
    FUNCTION.with_borrow(|function| {
        let event = LambdaEvent::new(event, context);
        let response = function.runtime.block_on(service::handle(&function.store, operation, event));
        Some(match response {
            Ok(response) => Ok(serde_json::to_string(&response).expect("a response is JSON")),
            Err(error) => Err(Diagnostic::from(error)),
        })
    })
}

/// Checks what was written since the last call, and restores the table.
pub fn restore_table(allowed: AllowedTenants) {
    FUNCTION.with_borrow_mut(|function| {
        if !function.dynamodb.take_has_written() {
            return;
        }
        let (written, deleted) = function.table.restore();
        // A new store has empty caches, and the old one's may be wrong now.
        function.store = Store::new(function.store.client().clone(), TABLE);
        for partition in written.iter().map(|item| text(item, "pk")).chain(deleted) {
            let (owner, kind) = partition.split_once('#').expect("only accounts and contacts are written");
            let is_allowed = match allowed {
                AllowedTenants::Any => true,
                AllowedTenants::Only(tenant) => tenant == owner,
            };
            assert!(is_allowed, "{partition} is another tenant's");
            assert!(kind.contains('#'), "{partition} is neither an account's nor a contact's");
        }
        for item in &written {
            check_item(item);
        }
    });
}

/// Checks that the service can read an item that it wrote: each text is in the form that its type keeps, and a
/// contact has the id that is derived from its `link_id`.
fn check_item(item: &Item) {
    macro_rules! check_text {
        ($name:literal, $kind:ty) => {
            if item.contains_key($name) {
                let text = text(item, $name);
                let read = <$kind>::parse(&text).expect(concat!($name, " is valid"));
                assert_eq!(read.as_str(), text, concat!($name, " is stored in the form that its type keeps"));
            }
        };
    }
    check_text!("account_code", AccountCode);
    check_text!("account_name", AccountName);
    check_text!("contact_name", ContactName);
    check_text!("contact_mobile_num", MobileNumber);
    check_text!("contact_email", Email);
    check_text!("contact_desc", Description);
    if item.contains_key("link_id") && text(item, "created_by") != "seed" {
        let link_id = LinkId::parse(&text(item, "link_id")).expect("a stored link_id is valid");
        let partition = text(item, "pk");
        let (tenant, _) = partition.split_once('#').expect("a contact's key begins with its tenant");
        let tenant = TenantName::parse(tenant).expect("a stored tenant is valid");
        assert_eq!(ContactId::derive(&tenant, link_id).to_string(), text(item, "sk"));
    }
}

impl Function {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime starts");
        let database = embedded_dynamodb::in_memory_database().expect("an embedded DynamoDB starts");
        let dynamodb = InProcessDynamoDb::new(database.clone());
        let store = Store::new(dynamodb.client(), TABLE);
        let table = runtime.block_on(SeededTable::create(database, &store));
        assert!(dynamodb.take_has_written(), "the seed is written");
        let store = Store::new(store.client().clone(), TABLE);
        Self { runtime, dynamodb, store, table }
    }
}
