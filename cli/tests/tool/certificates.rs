//! Certificates of the servers that the tool connects to.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use axum::{Json, Router, http::StatusCode};
use serde_json::json;
use tempfile::TempDir;
use tokio::{net::TcpListener, process::Command};

use crate::{
    harness::{Run, Tool, bare_command, finish},
    tls_server::{self, CERTIFICATE},
};

/// How long a command with a final error takes at most. Less than any retry of an unreachable service.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Starts an API that rejects every token, behind a certificate that is not trusted.
async fn api() -> String {
    let router =
        Router::new().fallback(async || (StatusCode::UNAUTHORIZED, Json(json!({"error": "Log In"}))));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    tls_server::start(&url).await
}

/// Builds an import of one row.
async fn import(folder: &TempDir) -> Command {
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "account_code,contact_name,contact_mobile_num\nACME,Ann,067_1\n").unwrap();
    let mut command = bare_command(&["import", file.to_str().unwrap()]);
    command.env("CONTACTS_URL", api().await).env("CONTACTS_TOKEN", "zegoal.secret");
    command
}

/// Builds `contacts tenant list` on a table behind a certificate that is not trusted.
async fn tenant_list(tool: &Tool) -> Command {
    let mut command = bare_command(&["tenant", "list"]);
    command
        .env("AWS_ENDPOINT_URL_DYNAMODB", tls_server::start(&tool.url).await)
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "eu-central-1")
        .env("CONTACTS_TABLE", "contacts");
    command
}

async fn fails_at_once(command: Command) {
    let start = Instant::now();
    let run = finish(command).await;
    assert!(start.elapsed() < AT_ONCE, "{:?}: {run:?}", start.elapsed());
    assert_eq!(run.code, 1, "{run:?}");
    for part in ["is not trusted", "UnknownIssuer", "AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        assert!(run.stderr.contains(part), "no `{part}` in {run:?}");
    }
}

#[track_caller]
fn assert_usage_error(run: &Run, message: &str) {
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains(message), "{run:?}");
}

#[tokio::test]
async fn an_import_ends_at_once_if_the_certificate_is_untrusted() {
    let folder = TempDir::new().unwrap();
    fails_at_once(import(&folder).await).await;
}

#[tokio::test]
async fn the_table_fails_at_once_if_the_certificate_is_untrusted() {
    fails_at_once(tenant_list(&Tool::start().await).await).await;
}

#[tokio::test]
async fn one_variable_names_the_roots_of_the_api_and_the_table() {
    let tool = Tool::with_tenant().await;
    let folder = TempDir::new().unwrap();
    // The first counts, and an empty one counts as not set.
    for variables in [
        &[("AWS_CA_BUNDLE", CERTIFICATE)][..],
        &[("SSL_CERT_FILE", CERTIFICATE)],
        &[("AWS_CA_BUNDLE", CERTIFICATE), ("SSL_CERT_FILE", "/none")],
        &[("AWS_CA_BUNDLE", ""), ("SSL_CERT_FILE", CERTIFICATE)],
    ] {
        let mut command = import(&folder).await;
        let run = finish({
            command.envs(variables.iter().copied());
            command
        })
        .await;
        assert_eq!(run.code, 5, "{variables:?}: {run:?}");
        assert!(run.stderr.contains("401: Log In"), "{run:?}");
        let mut command = tenant_list(&tool).await;
        let run = finish({
            command.envs(variables.iter().copied());
            command
        })
        .await;
        assert_eq!(run.code, 0, "{variables:?}: {run:?}");
        assert!(run.stdout.contains("zegoal"), "{run:?}");
    }
}

#[tokio::test]
async fn empty_variables_mean_the_roots_of_the_system() {
    let folder = TempDir::new().unwrap();
    let tool = Tool::start().await;
    for mut command in [import(&folder).await, tenant_list(&tool).await] {
        command.env("AWS_CA_BUNDLE", "").env("SSL_CERT_FILE", "");
        fails_at_once(command).await;
    }
}

#[tokio::test]
async fn an_invalid_bundle_is_a_usage_error_that_names_it() {
    let folder = TempDir::new().unwrap();
    let tool = Tool::start().await;
    for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        for (file, problem) in [("/none", "can't be read"), ("/dev/null", "holds no valid certificates")] {
            for mut command in [import(&folder).await, tenant_list(&tool).await] {
                command.env(variable, file);
                let message = format!("{variable} names {file}, which {problem}");
                assert_usage_error(&finish(command).await, &message);
            }
        }
    }
}
