//! The life of execution environments.

use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::harness::{TIME_LIMIT, TestGateway};

const INTERNAL_SERVER_ERROR: &str = r#"{"message":"Internal Server Error"}"#;

/// Sends requests of this path at once, and returns the bodies of the answers.
async fn at_once(gateway: &TestGateway, path: &str, count: usize) -> Vec<String> {
    let requests = (0..count).map(|_| {
        let request = gateway.client.get(gateway.url(path));
        tokio::spawn(async move { request.send().await?.text().await })
    });
    let mut bodies = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        bodies.push(request.await.expect("no panic").expect("an answer"));
    }
    bodies
}

fn is_running(process: &str) -> bool {
    Path::new("/proc").join(process).exists()
}

#[tokio::test]
async fn environments_never_exceed_their_maximum() {
    let gateway = TestGateway::start(3).await;
    let processes: BTreeSet<_> = at_once(&gateway, "/sleep/100", 12).await.into_iter().collect();
    assert_eq!(processes.len(), 3);
}

#[tokio::test]
async fn idle_environment_is_used_again() {
    let gateway = TestGateway::start(1).await;
    let (_, first) = gateway.get("/pid").await;
    for _ in 0..5 {
        assert_eq!(gateway.get("/pid").await, (200, first.clone()));
    }
}

#[tokio::test]
async fn client_that_hangs_up_leaves_the_environment_usable() {
    let gateway = TestGateway::start(1).await;
    let (_, process) = gateway.get("/pid").await;
    for _ in 0..20 {
        drop(gateway.connect(b"GET /sleep/20 HTTP/1.1\r\nhost: x\r\n\r\n").await);
    }
    assert_eq!(gateway.get("/pid").await, (200, process));
}

#[tokio::test]
async fn client_that_hangs_up_in_its_body_starts_nothing() {
    let gateway = TestGateway::start(1).await;
    for _ in 0..20 {
        drop(gateway.connect(b"POST /exit HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf").await);
    }
    assert_eq!(gateway.get("/pid").await.0, 200);
    assert!(!gateway.reports().contains("Runtime exited"), "{}", gateway.reports());
}

#[tokio::test]
async fn invocation_outlives_the_client_that_hung_up() {
    let gateway = TestGateway::start(1).await;
    gateway.get("/pid").await;
    let stream = gateway.connect(b"GET /sleep/1900 HTTP/1.1\r\nhost: x\r\n\r\n").await;
    sleep(Duration::from_secs(1)).await;
    drop(stream);
    let started = Instant::now();
    assert_eq!(gateway.get("/pid").await.0, 200);
    assert!(started.elapsed() > Duration::from_millis(300), "the next event waits for the invocation");
}

#[tokio::test]
async fn process_that_ends_is_a_500_and_is_replaced() {
    let gateway = TestGateway::start(1).await;
    for _ in 0..3 {
        assert_eq!(gateway.get("/exit").await, (500, INTERNAL_SERVER_ERROR.to_owned()));
        assert_eq!(gateway.get("/pid").await.0, 200);
    }
    let reports = gateway.reports();
    assert_eq!(reports.matches("sample: Runtime exited with exit status: 3 ").count(), 3, "{reports}");
}

#[tokio::test]
async fn process_that_is_killed_while_idle_is_replaced() {
    let gateway = TestGateway::start(1).await;
    let (_, process) = gateway.get("/pid").await;
    sleep(Duration::from_millis(100)).await;
    assert!(Command::new("kill").args(["-9", &process]).status().unwrap().success());
    sleep(Duration::from_millis(100)).await;
    let (status, next) = gateway.get("/pid").await;
    assert_eq!(status, 200);
    assert_ne!(next, process);
}

#[tokio::test]
async fn invocation_over_its_time_limit_is_a_500_and_is_ended() {
    let gateway = TestGateway::start(1).await;
    let (_, process) = gateway.get("/pid").await;
    let started = Instant::now();
    assert_eq!(gateway.get("/sleep/60000").await, (500, INTERNAL_SERVER_ERROR.to_owned()));
    assert!((TIME_LIMIT..TIME_LIMIT * 3).contains(&started.elapsed()));
    let (status, next) = gateway.get("/pid").await;
    assert_eq!(status, 200);
    assert_ne!(next, process);
    assert!(gateway.reports().contains("sample: Task timed out after 2.00 seconds "));
}

#[tokio::test]
async fn function_error_is_a_500_and_keeps_the_process() {
    let gateway = TestGateway::start(1).await;
    let (_, process) = gateway.get("/pid").await;
    assert_eq!(gateway.get("/error").await, (500, INTERNAL_SERVER_ERROR.to_owned()));
    assert_eq!(gateway.get("/pid").await, (200, process));
}

#[tokio::test]
async fn response_of_more_than_6_mb_is_a_500() {
    let gateway = TestGateway::start(1).await;
    assert_eq!(gateway.get("/large").await, (500, INTERNAL_SERVER_ERROR.to_owned()));
}

#[tokio::test]
async fn function_that_does_not_start_is_a_500() {
    for program in ["/bin/false", "/no/such/program"] {
        let gateway = TestGateway::of_program(program, 1).await;
        for _ in 0..3 {
            assert_eq!(gateway.get("/").await, (500, INTERNAL_SERVER_ERROR.to_owned()));
        }
    }
}

#[tokio::test]
async fn replaced_environment_ends_its_invocation_first() {
    let gateway = TestGateway::start(2).await;
    let (_, process) = gateway.get("/pid").await;
    sleep(Duration::from_millis(100)).await;
    let request = gateway.client.get(gateway.url("/sleep/1900"));
    let under_way = tokio::spawn(async move { request.send().await.unwrap().text().await.unwrap() });
    sleep(Duration::from_secs(1)).await;
    gateway.gateway.replace_environments();
    assert_ne!(gateway.get("/pid").await.1, process);
    assert_eq!(under_way.await.unwrap(), process);
    sleep(Duration::from_millis(200)).await;
    assert!(!at_once(&gateway, "/sleep/100", 4).await.contains(&process));
}

#[tokio::test]
async fn stopped_gateway_leaves_no_process() {
    let gateway = TestGateway::start(2).await;
    let mut processes = at_once(&gateway, "/sleep/100", 2).await;
    let busy = gateway.connect(b"GET /sleep/60000 HTTP/1.1\r\nhost: x\r\n\r\n").await;
    sleep(Duration::from_millis(300)).await;
    gateway.gateway.stop().await;
    drop(busy);
    for _ in 0..50 {
        processes.retain(|process| is_running(process));
        if processes.is_empty() {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{processes:?} still run");
}
