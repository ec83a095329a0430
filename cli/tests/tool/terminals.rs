//! Tables on a terminal.

use std::{fs::File, io::Read, os::fd::OwnedFd};

use nix::pty::{Winsize, openpty};

use crate::harness::{Tool, contact};

/// Runs the tool on a terminal of that width, and returns what it prints.
async fn printed_on_terminal(tool: &Tool, columns: u16, arguments: &[&str]) -> String {
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(&size, None).unwrap();
    let stream = || terminal.slave.try_clone().unwrap();
    let mut command = tool.command(arguments);
    command.env("TERM", "xterm").stdin(stream()).stdout(stream()).stderr(stream());
    let reader = std::thread::spawn(move || read_terminal(terminal.master));
    let status = command.status().await.unwrap();
    assert!(status.success(), "{status}");
    // The reader ends once all copies of the terminal are closed.
    drop((command, terminal.slave));
    reader.join().unwrap()
}

/// Reads what is printed on a terminal, until it is closed.
fn read_terminal(master: OwnedFd) -> String {
    let mut printed = Vec::new();
    // At the end, Linux reports EIO.
    let _ = File::from(master).read_to_end(&mut printed);
    String::from_utf8(printed).unwrap().replace('\r', "")
}

#[tokio::test]
async fn tables_on_a_terminal_never_wrap() {
    let tool = Tool::with_tenant().await;
    tool.account("zegoal", 3, Some("ACME"), Some("A long name ".repeat(20).trim())).await;
    tool.contacts("zegoal", [contact("zegoal", 3, "Ann of the department of long descriptions")]).await;
    tool.succeeds(&[
        "token",
        "issue",
        "zegoal",
        "--label",
        "a label of 50 characters, as long as most labels",
    ])
    .await;
    for list in ["tenant", "token", "account", "contact"] {
        let arguments = if list == "tenant" { vec![list, "list"] } else { vec![list, "list", "zegoal"] };
        let expected = tool.succeeds(&arguments).await;
        for columns in [80, 0, 1] {
            let printed = printed_on_terminal(&tool, columns, &arguments).await;
            assert_eq!(printed, expected, "{list} {columns}");
        }
    }
}
