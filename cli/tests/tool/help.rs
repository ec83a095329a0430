//! `--help`, `help`, `completion` and `man`.

use std::fs;

use tempfile::TempDir;

use crate::harness::{bare_command, finish};

async fn printed(arguments: &[&str]) -> String {
    let run = finish(bare_command(arguments)).await;
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
    run.stdout
}

#[tokio::test]
async fn help_has_examples_and_the_exit_codes() {
    let help = printed(&["--help"]).await;
    assert!(help.contains("contacts tenant add zegoal"), "{help}");
    assert!(help.contains("6    the table or the service can't be reached"), "{help}");
    for command in [
        &["tenant", "add"][..],
        &["tenant", "set"],
        &["tenant", "delete"],
        &["token", "issue"],
        &["token", "revoke"],
        &["account", "add"],
        &["account", "show"],
        &["contact", "show"],
        &["contact", "list"],
        &["contact", "find"],
        &["contact", "delete"],
        &["export"],
        &["completion"],
        &["man"],
    ] {
        let help = printed(&[command, &["--help"]].concat()).await;
        let example = format!("  contacts {} ", command.join(" "));
        assert!(help.contains(&example), "{command:?}: {help}");
    }
}

#[tokio::test]
async fn completion_scripts_need_no_table() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completion", shell]).await;
        assert!(script.contains("contact-types"), "{shell}");
    }
}

#[tokio::test]
async fn man_prints_the_main_page() {
    let page = printed(&["man"]).await;
    assert!(page.contains(".TH contacts 1"), "{page}");
    for text in ["Exit codes:", "contacts\\-tenant(1)", "CONTACTS_TABLE"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("contacts\\-help(1)"), "{page}");
    // A page that is distributed must not have the environment of its build.
    let mut command = bare_command(&["man"]);
    command.env("CONTACTS_TABLE", "elsewhere");
    assert_eq!(finish(command).await.stdout, page);
}

#[tokio::test]
async fn man_writes_a_page_for_each_command() {
    let folder = TempDir::new().unwrap();
    let pages = folder.path().join("man/man1");
    assert_eq!(printed(&["man", "--output", pages.to_str().unwrap()]).await, "");
    for page in ["contacts", "contacts-tenant", "contacts-tenant-add", "contacts-import", "contacts-man"] {
        let text = fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(text.contains(&format!(".TH {page} 1")), "{text}");
    }
    let run = finish(bare_command(&["man", "--output", "/dev/null/pages"])).await;
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("/dev/null/pages can't be written"), "{run:?}");
}

#[tokio::test]
async fn an_unknown_command_is_a_usage_error() {
    let run = finish(bare_command(&["tenant", "destroy"])).await;
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("unrecognized subcommand"), "{}", run.stderr);
}
