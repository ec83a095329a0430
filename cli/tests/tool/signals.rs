//! Commands that a signal ends.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::{Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    signal::unix::SignalKind,
};

use crate::{
    dynamodb_proxy::{Fault, start_proxy},
    harness::Tool,
    import_faults::wait_until,
    import_proxy::{self, Proxy},
    import_runs::{Import, people},
    table::large_contacts,
};

/// A tenant with 300 contacts, and a folder to export them to.
struct Export {
    tool: Tool,
    folder: TempDir,
}

impl Export {
    async fn new() -> Self {
        let tool = Tool::with_tenant().await;
        tool.contacts("zegoal", large_contacts("zegoal", 300)).await;
        Self { tool, folder: TempDir::new().unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.tool.command(&[&["export", "zegoal"], arguments].concat());
        command.current_dir(self.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the export, and waits until DynamoDB no longer answers it, after it has written some contacts.
    async fn stalled(&self, mut command: Command) -> Child {
        let queries = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&queries);
        let url = start_proxy(&self.tool, move |operation, _| {
            (operation == "Query" && counter.fetch_add(1, Ordering::SeqCst) >= 2).then_some(Fault::Silence)
        });
        let process = command.env("CONTACTS_DYNAMODB_URL", url.await).spawn().unwrap();
        wait_until(|| queries.load(Ordering::SeqCst) >= 3).await;
        process
    }

    /// Returns the names and contents of the files in the folder.
    fn files(&self) -> Vec<(String, String)> {
        let read = |entry: fs::DirEntry| {
            (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
        };
        fs::read_dir(self.folder.path()).unwrap().map(|entry| read(entry.unwrap())).collect()
    }
}

/// Builds the same command, in a shell that ignores SIGHUP, as `nohup` does.
fn ignoring_hangup(command: &Command) -> Command {
    let command = command.as_std();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    shell.current_dir(command.get_current_dir().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell.kill_on_drop(true);
    shell
}

fn send(process: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(process.id().unwrap()).unwrap()), signal).unwrap();
}

/// Lets SIGHUP end the commands that are started from here on, even if `nohup` runs the tests: a command inherits that a signal
/// is ignored, but not that it is handled.
fn allow_hangups() {
    drop(tokio::signal::unix::signal(SignalKind::hangup()).unwrap());
}

async fn end(process: Child, signal: Signal) -> Output {
    send(&process, signal);
    process.wait_with_output().await.unwrap()
}

#[tokio::test]
async fn a_killed_export_leaves_no_file() {
    allow_hangups();
    let export = Export::new().await;
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGKILL] {
        let process = export.stalled(export.command(&["-o", "zegoal.csv"])).await;
        let output = end(process, signal).await;
        if signal == Signal::SIGKILL {
            assert_eq!(output.status.signal(), Some(9));
        } else {
            assert_eq!(output.status.code(), Some(130), "{signal}: {output:?}");
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(stderr, "contacts: interrupted. The export is incomplete\n");
        }
        assert_eq!(export.files(), [], "{signal}");
    }
}

#[tokio::test]
async fn a_killed_export_leaves_the_file_it_would_replace() {
    let export = Export::new().await;
    fs::write(export.folder.path().join("zegoal.csv"), "an older export").unwrap();
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        let process = export.stalled(export.command(&["-o", "zegoal.csv", "--overwrite"])).await;
        end(process, signal).await;
        assert_eq!(export.files(), [("zegoal.csv".to_owned(), "an older export".to_owned())], "{signal}");
    }
}

#[tokio::test]
async fn a_signal_that_nohup_ignores_ends_no_command() {
    let export = Export::new().await;
    let process = export.stalled(ignoring_hangup(&export.command(&["-o", "zegoal.csv"]))).await;
    send(&process, Signal::SIGHUP);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let output = end(process, Signal::SIGTERM).await;
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_eq!(export.files(), []);
}

#[tokio::test]
async fn an_export_that_a_full_pipe_blocks_can_be_ended() {
    let export = Export::new().await;
    let mut process = export.command(&[]).spawn().unwrap();
    let mut stdout = process.stdout.take().unwrap();
    stdout.read_u8().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let output = end(process, Signal::SIGTERM).await;
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "contacts: interrupted. The export is incomplete\n");
    drop(stdout);
}

#[tokio::test]
async fn a_hangup_interrupts_an_import() {
    allow_hangups();
    let proxy = Proxy::start(|_, _| Some(import_proxy::Fault::Silence)).await;
    let import = Import::new().await.at(&proxy.url);
    import.write("people.csv", people(10));
    let process = import.command(&["people.csv"]).spawn().unwrap();
    wait_until(|| proxy.requests() >= 1).await;
    let output = end(process, Signal::SIGHUP).await;
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("run the same command again"));
}
