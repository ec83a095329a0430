//! What DynamoDB can do to a caller, done on purpose: a proxy in front of it throttles calls,
//! leaves part of them undone, and keeps answers to itself after their calls took effect.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use embedded_dynamodb::TestTable;
use lambda_http::Context;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    body::UpsertBody,
    delete::{BeginBy, DeleteError, Deleted, Deletion, Selector, delete},
    operation::{Call, Failure, TimeLimit},
    store::{Store, StoreError},
    test_support::{by_code, by_code_and_name, link_id, new_contact, operation, store_at, tenant},
    upsert::{Item, State as Done, upsert},
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// The call is refused as one too many.
    Throttle,
    /// The call takes effect, and its answer is lost.
    LoseAnswer,
    /// The first half of a batch is done, the rest left for another call.
    DoHalf,
}

/// A DynamoDB with faults to come, each for the next call of its operation.
struct Faulty {
    store: Store,
    faults: Arc<Mutex<Vec<(&'static str, Fault)>>>,
    _table: TestTable,
}

#[derive(Clone)]
struct Proxy {
    upstream: String,
    table: String,
    faults: Arc<Mutex<Vec<(&'static str, Fault)>>>,
}

impl Faulty {
    async fn start(faults: &[(&'static str, Fault)]) -> Self {
        let table = TestTable::create().await.unwrap();
        let faults = Arc::new(Mutex::new(faults.to_vec()));
        let (upstream, name) = (table.url().to_owned(), table.name().to_owned());
        let proxy = Proxy { upstream, table: name, faults: Arc::clone(&faults) };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass_on).with_state(proxy);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { store: store_at(&url, table.name()), faults, _table: table }
    }

    fn assert_all_faults_happened(&self) {
        assert_eq!(*self.faults.lock().unwrap(), []);
    }
}

async fn pass_on(State(proxy): State<Proxy>, headers: HeaderMap, body: Bytes) -> (StatusCode, Vec<u8>) {
    let target = headers["x-amz-target"].to_str().unwrap().to_owned();
    let operation = target.rsplit('.').next().unwrap();
    let fault = {
        let mut faults = proxy.faults.lock().unwrap();
        let place = faults.iter().position(|(of, _)| *of == operation || *of == "*");
        place.map(|place| if faults[place].0 == "*" { faults[place].1 } else { faults.remove(place).1 })
    };
    match fault {
        Some(Fault::Throttle) => (StatusCode::BAD_REQUEST, error("ThrottlingException")),
        Some(Fault::LoseAnswer) => {
            proxy.send(&headers, body.to_vec()).await;
            (StatusCode::INTERNAL_SERVER_ERROR, error("InternalServerError"))
        }
        Some(Fault::DoHalf) => {
            let mut request: Value = serde_json::from_slice(&body).unwrap();
            let list = match operation {
                "BatchGetItem" => &mut request["RequestItems"][&proxy.table]["Keys"],
                _ => &mut request["Statements"],
            };
            let list = list.as_array_mut().unwrap();
            let rest = list.split_off(list.len().div_ceil(2));
            let (status, answer) = proxy.send(&headers, request.to_string().into_bytes()).await;
            let mut answer: Value = serde_json::from_slice(&answer).unwrap();
            if operation == "BatchGetItem" && !rest.is_empty() {
                answer["UnprocessedKeys"] = json!({(&*proxy.table): {"Keys": rest, "ConsistentRead": true}});
            } else if let Some(responses) = answer["Responses"].as_array_mut() {
                let failed = json!({"Error": {"Code": "ThrottlingError", "Message": ""}});
                responses.extend(rest.iter().map(|_| failed.clone()));
            }
            (status, answer.to_string().into_bytes())
        }
        None => proxy.send(&headers, body.to_vec()).await,
    }
}

fn error(code: &str) -> Vec<u8> {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": ""}).to_string().into()
}

impl Proxy {
    async fn send(&self, headers: &HeaderMap, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let mut request = reqwest::Client::new().post(&self.upstream).body(body);
        for name in ["x-amz-target", "content-type", "authorization", "x-amz-date"] {
            request = request.header(name, &headers[name]);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.bytes().await.unwrap().to_vec())
    }
}

fn items(count: u128) -> Vec<Item> {
    (0..count).map(|number| new_contact(number, by_code("ACME"))).collect()
}

async fn assert_all_created(store: &Store, count: u128) {
    let outcomes = upsert(store, &tenant(), &operation(), &items(count)).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|done| done.state == Done::Created)));
}

#[tokio::test]
async fn throttled_and_half_done_calls_are_made_again_until_every_contact_is_created() {
    let faulty = Faulty::start(&[
        ("BatchGetItem", Fault::Throttle),
        ("BatchGetItem", Fault::DoHalf),
        ("BatchGetItem", Fault::DoHalf),
        ("TransactWriteItems", Fault::Throttle),
        ("BatchExecuteStatement", Fault::Throttle),
        ("BatchExecuteStatement", Fault::DoHalf),
        ("BatchExecuteStatement", Fault::DoHalf),
        ("BatchExecuteStatement", Fault::DoHalf),
    ])
    .await;
    assert_all_created(&faulty.store, 150).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn what_dynamodb_throttled_is_counted_call_by_call_key_by_key_and_statement_by_statement() {
    let faulty = Faulty::start(&[
        ("BatchGetItem", Fault::Throttle),
        // The account's one key: there is no half to leave out.
        ("BatchGetItem", Fault::DoHalf),
        ("TransactWriteItems", Fault::Throttle),
        ("BatchGetItem", Fault::DoHalf),
        ("BatchExecuteStatement", Fault::Throttle),
        ("BatchExecuteStatement", Fault::DoHalf),
        ("BatchExecuteStatement", Fault::LoseAnswer),
    ])
    .await;
    let store = faulty.store.counting();
    assert_all_created(&store, 10).await;
    faulty.assert_all_faults_happened();
    let usage = store.usage();
    assert_eq!(usage.throttles, 1 + 1 + 5 + 1 + 5, "what is lost isn't throttled");
    assert_eq!((usage.failed_calls, usage.retries), (4, 7));
}

#[tokio::test]
async fn a_contact_is_created_though_the_answer_that_said_so_was_lost() {
    let faulty = Faulty::start(&[
        ("TransactWriteItems", Fault::LoseAnswer),
        ("BatchExecuteStatement", Fault::LoseAnswer),
        ("BatchExecuteStatement", Fault::LoseAnswer),
    ])
    .await;
    assert_all_created(&faulty.store, 60).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn contacts_of_a_long_list_are_created_though_many_answers_that_said_so_were_lost() {
    let faulty = Faulty::start(&[("BatchExecuteStatement", Fault::LoseAnswer); 100]).await;
    let store = faulty.store.counting();
    assert_all_created(&store, 3_000).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn a_delete_tells_what_it_deleted_though_the_answer_that_said_so_was_lost() {
    let faulty = Faulty::start(&[("BatchExecuteStatement", Fault::Throttle)]).await;
    assert_all_created(&faulty.store, 150).await;
    faulty.faults.lock().unwrap().extend([
        ("TransactWriteItems", Fault::LoseAnswer),
        ("TransactWriteItems", Fault::Throttle),
        ("TransactWriteItems", Fault::LoseAnswer),
    ]);
    let contacts = (0..150).map(|number| Selector::LinkId(link_id(number))).collect();
    let deletion = Deletion { account: by_code("ACME"), contacts, room: usize::MAX };
    let mut deleted = Deleted::new();
    let begin_by = BeginBy::now() + Duration::from_mins(1);
    delete(&faulty.store, &tenant().name, &deletion, begin_by, &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 150);
    faulty.assert_all_faults_happened();
}

/// What creating an account by its code and its name, three writes, is counted as: read and write units.
async fn units_of_an_account(to_come: &[(&'static str, Fault)]) -> (f64, f64) {
    let faulty = Faulty::start(to_come).await;
    let account = by_code_and_name("ACME", "Acme").new_account(&tenant().name).unwrap();
    let store = faulty.store.counting();
    assert!(store.create_account(&tenant().name, &account).await.unwrap());
    faulty.assert_all_faults_happened();
    let usage = store.usage();
    (usage.read_units, usage.write_units)
}

#[tokio::test]
async fn replayed_transaction_is_counted_as_reads() {
    assert_eq!(units_of_an_account(&[]).await, (0.0, 6.0));
    let throttled = [("TransactWriteItems", Fault::Throttle)];
    assert_eq!(units_of_an_account(&throttled).await, (0.0, 6.0), "the second try is the first that is done");
    let replayed = [("TransactWriteItems", Fault::LoseAnswer)];
    assert_eq!(units_of_an_account(&replayed).await, (6.0, 0.0));
}

/// Deletes the first contact, with so much time left to begin its transaction in.
async fn delete_within(faulty: &Faulty, left: Duration, deleted: &mut Deleted) -> Result<(), DeleteError> {
    let contacts = vec![Selector::LinkId(link_id(0))];
    let deletion = Deletion { account: by_code("ACME"), contacts, room: usize::MAX };
    delete(&faulty.store, &tenant().name, &deletion, BeginBy::now() + left, deleted).await
}

#[tokio::test]
async fn a_transaction_that_was_refused_is_not_tried_again_when_its_end_would_not_be_heard() {
    let faulty = Faulty::start(&[]).await;
    assert_all_created(&faulty.store, 1).await;
    faulty.faults.lock().unwrap().extend([("TransactWriteItems", Fault::Throttle); 7]);
    let mut deleted = Deleted::new();
    let result = delete_within(&faulty, Duration::from_millis(500), &mut deleted).await;
    assert!(matches!(result, Err(DeleteError::Store(StoreError::Unavailable(_)))), "{result:?}");
    assert!(deleted.is_empty());
    faulty.faults.lock().unwrap().clear();
    delete_within(&faulty, Duration::from_mins(1), &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1);
}

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_tried_again_at_any_time_to_hear_how_it_ended() {
    let faulty = Faulty::start(&[]).await;
    assert_all_created(&faulty.store, 1).await;
    faulty.faults.lock().unwrap().push(("TransactWriteItems", Fault::LoseAnswer));
    faulty.faults.lock().unwrap().extend([("TransactWriteItems", Fault::Throttle); 6]);
    let mut deleted = Deleted::new();
    delete_within(&faulty, Duration::from_millis(500), &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1);
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn a_request_that_can_not_finish_says_so_a_second_before_its_time_is_up() {
    let faulty = Faulty::start(&[("*", Fault::Throttle)]).await;
    let begun = SystemTime::now();
    let deadline = begun + Duration::from_millis(1_800);
    let mut context = Context::default();
    let since_epoch = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    context.deadline = u64::try_from(since_epoch.as_millis()).unwrap();
    let (tenant, id) = (tenant(), operation());
    let call = Call { store: &faulty.store, tenant: &tenant, id: &id, limit: TimeLimit::of(&context) };
    let body =
        json!({"list_items": [{"link_id": link_id(1).to_string(), "contact_name": "Ann"}]}).to_string();
    let body = UpsertBody::read(body.as_bytes()).unwrap();

    let result = call.upsert(&body).await;

    assert!(matches!(result, Err(Failure::Busy(_))));
    let left = deadline.duration_since(SystemTime::now()).unwrap();
    assert!(left >= Duration::from_secs(1), "{left:?}");

    faulty.faults.lock().unwrap().clear();
    assert_all_created(&faulty.store, 1).await;
}
