//! `--help`, `help` and `completion`.

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
async fn an_unknown_command_is_a_usage_error() {
    let run = finish(bare_command(&["tenant", "destroy"])).await;
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("unrecognized subcommand"), "{}", run.stderr);
}
