//! Standard output and standard error that can't be written. Those of imports are in `import_streams`.

use std::{fs::File, process::Stdio};

use axum::{Json, Router};
use serde_json::json;
use tokio::{net::TcpListener, process::Command};

use crate::{
    dynamodb_proxy::{Fault, start_proxy},
    harness::{Run, Tool, bare_command, contact, finish},
};

const ISSUE: [&str; 5] = ["token", "issue", "zegoal", "--label", "crm"];

/// A standard stream that can't be written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FailingStream {
    /// Each write fails, as on a full disk.
    Full,
    /// A pipe that its reader closed.
    ClosedPipe,
}

impl FailingStream {
    pub(crate) fn open(self) -> Stdio {
        match self {
            Self::Full => File::options().write(true).open("/dev/full").unwrap().into(),
            Self::ClosedPipe => std::io::pipe().unwrap().1.into(),
        }
    }
}

/// Runs a command with this standard output.
pub(crate) async fn run_onto(stdout: FailingStream, mut command: Command) -> Run {
    let process = command.stdout(stdout.open()).stderr(Stdio::piped()).spawn().unwrap();
    let output = process.wait_with_output().await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    Run { code: output.status.code().unwrap(), stdout: String::new(), stderr }
}

/// Asserts that printing failed, which is an error unless the reader closed the pipe.
async fn assert_unprinted(command: impl Fn() -> Command) {
    let run = run_onto(FailingStream::Full, command()).await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.starts_with("contacts: standard output can't be written: No space left"), "{run:?}");
    let run = run_onto(FailingStream::ClosedPipe, command()).await;
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[tokio::test]
async fn help_and_completion_need_standard_output() {
    for arguments in [&["--help"][..], &["tenant", "add", "--help"], &["--version"], &["completion", "bash"]]
    {
        assert_unprinted(|| bare_command(arguments)).await;
    }
}

#[tokio::test]
async fn lists_and_records_need_standard_output() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), None).await;
    let ann = contact("zegoal", 3, "Ann");
    let id = ann.id.to_string();
    tool.contacts("zegoal", [ann]).await;
    tool.succeeds(&["token", "issue", "zegoal", "--label", "crm"]).await;
    for arguments in [
        &["tenant", "list"][..],
        &["tenant", "show", "zegoal"],
        &["token", "list", "zegoal"],
        &["account", "list", "zegoal"],
        &["account", "show", "zegoal", "--id", "3"],
        &["contact", "list", "zegoal"],
        &["contact", "show", "zegoal", "--contact-id", &id],
        &["contact", "find", "zegoal", "--name", "ann"],
        &["export", "zegoal"],
    ] {
        assert_unprinted(|| tool.command(arguments)).await;
        if arguments[0] != "export" {
            assert_unprinted(|| tool.command(&[arguments, &["--json"]].concat())).await;
        }
    }
}

#[tokio::test]
async fn a_change_succeeds_though_it_can_t_be_printed() {
    for stdout in [FailingStream::Full, FailingStream::ClosedPipe] {
        let tool = Tool::with_tenant().await;
        let issued = tool.json(&["token", "issue", "zegoal", "--label", "crm"]).await;
        let changes = [
            (&["tenant", "add", "acme"][..], "Added the tenant acme."),
            (&["tenant", "set", "zegoal", "--time-zone", "UTC"], "Changed the tenant zegoal."),
            (&["account", "add", "zegoal", "--id", "3", "--code", "A"], "Added the account 3"),
            (&["token", "revoke", "zegoal", issued["id"].as_str().unwrap()], "Revoked the token"),
            (&["tenant", "delete", "acme", "--confirm", "acme", "--wait", "0"], "Deleted the tenant acme"),
        ];
        for (arguments, sentence) in changes {
            let run = run_onto(stdout, tool.command(arguments)).await;
            assert_eq!(run.code, 0, "{stdout:?} {run:?}");
            for part in ["standard output can't be written", "The change took effect", sentence] {
                assert!(run.stderr.contains(part), "{stdout:?}: no `{part}` in {run:?}");
            }
        }
        assert_eq!(tool.json(&["tenant", "list"]).await[0]["time_zone"], "UTC");
        assert_eq!(tool.json(&["account", "list", "zegoal"]).await[0]["account_id"], 3);
        assert_eq!(tool.json(&["token", "list", "zegoal"]).await, json!([]));
    }
}

#[tokio::test]
async fn a_token_that_can_t_be_printed_is_revoked() {
    let tool = Tool::with_tenant().await;
    for stdout in [FailingStream::Full, FailingStream::ClosedPipe] {
        for format in [&[][..], &["--json"]] {
            let run = run_onto(stdout, tool.command(&[&ISSUE, format].concat())).await;
            assert_eq!(run.code, 1, "{run:?}");
            let message = "contacts: the token can't be printed, so it was revoked: standard output";
            assert!(run.stderr.starts_with(message), "{run:?}");
            assert_eq!(tool.json(&["token", "list", "zegoal"]).await, json!([]));
        }
    }
}

#[tokio::test]
async fn an_unprinted_token_that_is_not_revoked_is_named() {
    let tool = Tool::with_tenant().await;
    let url = start_proxy(&tool, |operation, _| (operation == "DeleteItem").then_some(Fault::AccessDenied));
    let mut command = tool.command(&ISSUE);
    command.env("CONTACTS_DYNAMODB_URL", url.await);
    let run = run_onto(FailingStream::ClosedPipe, command).await;
    assert_eq!(run.code, 1, "{run:?}");
    let listed = tool.json(&["token", "list", "zegoal"]).await;
    let revocation = format!("`contacts token revoke zegoal {}`", listed[0]["id"].as_str().unwrap());
    assert!(run.stderr.contains(&revocation), "{run:?}");
}

#[tokio::test]
async fn deleted_contacts_are_printed_on_standard_error() {
    let deleted = json!({
        "contact_id": 17, "link_id": "91c615e3-1040-4815-8ecb-039a18b756b5", "contact_name": "Ann",
        "contact_mobile_num": "067_1", "contact_type": "main_contact", "contact_email": null, "contact_desc": null,
    });
    let body = json!({
        "processing_result": {"text": "", "status": "ok", "code": 0},
        "DeleteAccountContacts": {"response": {"deleted_contacts": [deleted]}, "request": null, "TZ": "UTC"},
    });
    let router = Router::new().fallback(async move || Json(body.clone()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    for stdout in [FailingStream::Full, FailingStream::ClosedPipe] {
        let mut command = bare_command(&[
            "contact",
            "delete",
            "zegoal",
            "--account-id",
            "3",
            "--contact-id",
            "17",
            "--yes",
        ]);
        command.arg("--json").env("CONTACTS_URL", &url);
        command.env("CONTACTS_TOKEN", format!("zegoal.{}", "a".repeat(43)));
        let run = run_onto(stdout, command).await;
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.contains("\"contact_name\": \"Ann\""), "{run:?}");
    }
}

#[tokio::test]
async fn a_failing_standard_error_changes_no_exit_code() {
    let tool = Tool::with_tenant().await;
    tool.contacts("zegoal", (0..3).map(|number| contact("zegoal", 3, &format!("A {number}")))).await;
    for stderr in [FailingStream::Full, FailingStream::ClosedPipe] {
        for (code, arguments) in [
            (0, &["tenant", "list"][..]),
            (0, &["token", "list", "zegoal"]),
            (0, &["contact", "list", "zegoal", "--limit", "1"]),
            (0, &["export", "zegoal"]),
            (0, &["tenant", "set", "zegoal", "--time-zone", "UTC"]),
            (2, &["tenant", "destroy"]),
            (2, &["tenant", "delete", "zegoal"]),
            (4, &["tenant", "show", "acme"]),
            (7, &["tenant", "add", "zegoal"]),
        ] {
            let mut command = tool.command(arguments);
            command.stderr(stderr.open());
            assert_eq!(finish(command).await.code, code, "{stderr:?}: {arguments:?}");
        }
        for stdout in [FailingStream::Full, FailingStream::ClosedPipe] {
            let mut command = tool.command(&["tenant", "set", "zegoal", "--time-zone", "UTC"]);
            let status = command.stdout(stdout.open()).stderr(stderr.open()).status().await.unwrap();
            assert_eq!(status.code(), Some(0), "{stdout:?} {stderr:?}");
        }
    }
}
