//! The connection to the table, and its errors.

use std::fs;

use contacts_core::domain::{Contact, ContactId, Description, LinkId};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use crate::harness::{Run, Tool, bare_command, contact, finish};

/// Builds contacts of 8 KB each, all in one bucket: 130 are more than a page.
pub(crate) fn large_contacts(tenant: &str, number: usize) -> Vec<Contact> {
    let any_link_id = || LinkId::parse(&Uuid::new_v4().to_string()).unwrap();
    let one_of_bucket_0 = || loop {
        let link_id = any_link_id();
        let id = ContactId::derive(&crate::harness::name_of(tenant), link_id);
        if id.get().is_multiple_of(16) {
            return (id, link_id);
        }
    };
    let description = Description::parse(&"🙂".repeat(2048)).unwrap();
    (0..number)
        .map(|_| {
            let (id, link_id) = one_of_bucket_0();
            let description = Some(description.clone());
            Contact { id, link_id, description, ..contact(tenant, 3, "Large") }
        })
        .collect()
}

/// Builds `contacts tenant list` with the settings of AWS, and an endpoint in its place.
fn on_aws(tool: &Tool) -> Command {
    let mut command = bare_command(&["tenant", "list", "--json"]);
    command
        .env("AWS_ENDPOINT_URL_DYNAMODB", &tool.url)
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "eu-central-1")
        .env("CONTACTS_TABLE", "contacts");
    command
}

fn assert_fails(run: &Run, code: i32, stderr: &str) {
    assert_eq!(run.code, code, "{run:?}");
    assert!(run.stderr.contains(stderr), "{run:?}");
}

#[tokio::test]
async fn on_aws_the_usual_settings_select_the_table() {
    let tool = Tool::with_tenant().await;
    let run = finish(on_aws(&tool)).await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("zegoal"));

    let folder = TempDir::new().unwrap();
    let (config, credentials) = (folder.path().join("config"), folder.path().join("credentials"));
    fs::write(&config, "[profile ops]\nregion = eu-west-1\n").unwrap();
    fs::write(&credentials, "[ops]\naws_access_key_id = key\naws_secret_access_key = secret\n").unwrap();
    let mut command = bare_command(&["tenant", "list", "--profile", "ops", "--table", "contacts"]);
    command.env("AWS_CONFIG_FILE", config).env("AWS_SHARED_CREDENTIALS_FILE", credentials);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", &tool.url);
    let run = finish(command).await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("zegoal"));
}

#[tokio::test]
async fn missing_aws_settings_are_errors_that_say_what_to_do() {
    let tool = Tool::start().await;
    let mut command = on_aws(&tool);
    assert_fails(
        &finish({
            command.env_remove("CONTACTS_TABLE");
            command
        })
        .await,
        2,
        "the stack's output `TableName`",
    );
    let mut command = on_aws(&tool);
    command.env_remove("AWS_REGION").env("AWS_EC2_METADATA_DISABLED", "true");
    assert_fails(&finish(command).await, 2, "Add --region");
    let mut command = on_aws(&tool);
    command.env_remove("AWS_ACCESS_KEY_ID").env("AWS_EC2_METADATA_DISABLED", "true");
    assert_fails(&finish(command).await, 5, "`aws sso login`");
    let mut command = on_aws(&tool);
    command.args(["--profile", "none"]).env("AWS_EC2_METADATA_DISABLED", "true");
    assert_fails(&finish(command).await, 5, "of the profile `none` can't be used");
    let mut command = on_aws(&tool);
    command.env("CONTACTS_TABLE", "no-such-table");
    assert_fails(&finish(command).await, 4, "the table `no-such-table` in eu-central-1 does not exist");
    let mut command = on_aws(&tool);
    command.env("AWS_CA_BUNDLE", "/none");
    assert_fails(&finish(command).await, 2, "AWS_CA_BUNDLE names /none, which can't be read");
    let mut command = on_aws(&tool);
    command.env("AWS_CA_BUNDLE", "/dev/null");
    assert_fails(&finish(command).await, 2, "holds no valid certificates");
}

#[tokio::test]
async fn an_unreachable_local_stack_is_an_error() {
    // Nothing listens on port 1.
    let mut command = bare_command(&["tenant", "list", "--local"]);
    command.env("CONTACTS_DYNAMODB_URL", "http://127.0.0.1:1");
    assert_fails(&finish(command).await, 6, "Start the local stack with `make run`");
}

#[tokio::test]
async fn contacts_local_selects_the_local_stack() {
    let tool = Tool::with_tenant().await;
    let with_local = |value: &str| {
        let mut command = bare_command(&["tenant", "list"]);
        command.env("CONTACTS_LOCAL", value).env("CONTACTS_DYNAMODB_URL", &tool.url);
        finish(command)
    };
    for on in ["1", "true", "yes"] {
        let run = with_local(on).await;
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains("zegoal"), "{run:?}");
    }
    for off in ["", "0", "false"] {
        assert_fails(&with_local(off).await, 2, "no table is set");
    }
    assert_fails(&with_local("maybe").await, 2, "value was not a boolean");
}

#[tokio::test]
async fn local_ignores_the_settings_of_aws() {
    let tool = Tool::with_tenant().await;
    let mut command = tool.command(&["tenant", "list"]);
    command.env("CONTACTS_TABLE", "another").env("AWS_REGION", "eu-central-1");
    assert_eq!(finish(command).await.code, 0);
}

#[tokio::test]
async fn empty_variables_of_aws_count_as_not_set() {
    let tool = Tool::with_tenant().await;
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    let config = "[default]\nregion = eu-west-3\naws_access_key_id = key\naws_secret_access_key = secret\n";
    fs::write(home.path().join(".aws/config"), config).unwrap();
    let with_profile = |table: &str, endpoint: &str| {
        let mut command = bare_command(&["tenant", "list", "--table", table]);
        command.env("HOME", home.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        for variable in ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"] {
            command.env(variable, "");
        }
        command.env("AWS_ENDPOINT_URL_DYNAMODB", endpoint).env("AWS_ENDPOINT_URL", &tool.url);
        command
    };
    for endpoint in ["", tool.url.as_str()] {
        let run = finish(with_profile("contacts", endpoint)).await;
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains("zegoal"), "{run:?}");
    }
    let run = finish(with_profile("none", &tool.url)).await;
    assert_fails(&run, 4, "the table `none` in eu-west-3 does not exist");
    let mut command = with_profile("none", &tool.url);
    command.env("AWS_DEFAULT_REGION", "eu-north-1");
    assert_fails(&finish(command).await, 4, "the table `none` in eu-north-1 does not exist");
    // No file has a profile.
    let mut command = on_aws(&tool);
    command.env("AWS_PROFILE", "");
    assert_eq!(finish(command).await.code, 0);
}

#[tokio::test]
async fn an_empty_table_name_counts_as_not_set() {
    let tool = Tool::start().await;
    for table in ["", " "] {
        let mut command = on_aws(&tool);
        command.env("CONTACTS_TABLE", table);
        assert_fails(&finish(command).await, 2, "no table is set");
        let mut command = on_aws(&tool);
        command.args(["--table", table]);
        assert_fails(&finish(command).await, 2, "no table is set");
    }
}

#[tokio::test]
async fn an_empty_url_of_the_local_stack_counts_as_not_set() {
    let mut command = bare_command(&["tenant", "list", "--local", "--table", "none"]);
    command.env("CONTACTS_DYNAMODB_URL", "");
    let run = finish(command).await;
    // Port 8000 may be in use on this machine.
    assert!(run.code == 0 || run.stderr.contains("at http://127.0.0.1:8000"), "{run:?}");
}

#[tokio::test]
async fn an_invalid_url_of_the_local_stack_is_a_usage_error() {
    for url in ["not a url", "localhost", "127.0.0.1:8000", "https://127.0.0.1:8000", "http://"] {
        let mut command = bare_command(&["tenant", "list", "--local"]);
        command.env("CONTACTS_DYNAMODB_URL", url);
        assert_fails(&finish(command).await, 2, &format!("CONTACTS_DYNAMODB_URL can't be `{url}`"));
    }
}
