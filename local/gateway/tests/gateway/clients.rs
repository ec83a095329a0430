//! Clients that misbehave, or speak unusual HTTP: each gets an answer or is disconnected, and the next request is answered.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::{TestGateway, read_to_end};

/// Checks that a request is answered in time.
async fn assert_serves(gateway: &TestGateway) {
    let answer = timeout(Duration::from_secs(5), gateway.get("/pid")).await;
    assert_eq!(answer.expect("an answer in time").0, 200);
}

#[tokio::test]
async fn http_1_0_request_is_answered_and_closed() {
    let gateway = TestGateway::start(1).await;
    let answer = read_to_end(gateway.connect(b"GET /pid HTTP/1.0\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.0 200 OK"), "{answer}");
}

#[tokio::test]
async fn chunked_body_is_read_as_a_whole() {
    let gateway = TestGateway::start(1).await;
    let request = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
        3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let answer = read_to_end(gateway.connect(request).await).await;
    assert!(answer.contains("\"body\":\"abcde\""), "{answer}");
}

#[tokio::test]
async fn client_that_expects_100_continue_gets_it() {
    let gateway = TestGateway::start(1).await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n";
    let mut stream = gateway.connect(head).await;
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"text").await.unwrap();
    let answer = read_to_end(stream).await;
    assert!(answer.contains("\"body\":\"text\""), "{answer}");
}

#[tokio::test]
async fn head_request_gets_headers_without_a_body() {
    let gateway = TestGateway::start(1).await;
    let request = b"HEAD /pid HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = read_to_end(gateway.connect(request).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn what_is_not_http_is_refused_or_closed() {
    let gateway = TestGateway::start(1).await;
    for bytes in [
        &b"hello\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nno chunk\r\n",
    ] {
        let answer = read_to_end(gateway.connect(bytes).await).await;
        assert!(!answer.contains(" 200 "), "{answer}");
        assert_serves(&gateway).await;
    }
}

#[tokio::test]
async fn half_a_request_is_closed() {
    let gateway = TestGateway::start(1).await;
    let halves = [&b""[..], b"POST /con", b"POST / HTTP/1.1\r\nhost: x\r\n"];
    let mut streams = Vec::new();
    for half in halves {
        streams.push(gateway.connect(half).await);
    }
    assert_serves(&gateway).await;
    for stream in streams {
        let answer = read_to_end(stream).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
}

#[tokio::test]
async fn half_a_body_is_a_408() {
    let gateway = TestGateway::start(1).await;
    let stream =
        gateway.connect(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"half\":").await;
    assert_serves(&gateway).await;
    let answer = read_to_end(stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.ends_with(r#"{"message":"Request Timeout"}"#), "{answer}");
}

#[tokio::test]
async fn event_of_more_than_6_mb_is_a_413() {
    let gateway = TestGateway::start(1).await;
    let accepted = gateway.client.post(gateway.url("/pid")).body("x".repeat(6_000_000)).send().await.unwrap();
    assert_eq!(accepted.status(), 200);
    for size in [8_000_000, 20_000_000] {
        let response = gateway.client.post(gateway.url("/")).body("x".repeat(size)).send().await.unwrap();
        assert_eq!(response.status(), 413, "{size}");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert!(response.headers().contains_key("apigw-requestid"));
        assert_eq!(response.text().await.unwrap(), r#"{"message":"Request Entity Too Large"}"#);
    }
    assert_serves(&gateway).await;
}

#[tokio::test]
async fn too_large_body_is_refused_before_it_is_sent() {
    let gateway = TestGateway::start(1).await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 20000000\r\nexpect: 100-continue\r\n\r\n";
    let answer = read_to_end(gateway.connect(head).await).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn silent_connections_delay_no_request() {
    let gateway = TestGateway::start(1).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(gateway.gateway.address()).await.unwrap());
    }
    let started = Instant::now();
    assert_serves(&gateway).await;
    assert!(started.elapsed() < Duration::from_secs(5));
}
