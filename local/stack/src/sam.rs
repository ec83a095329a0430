//! Both Lambda binaries as `sam local` runs them: built by `sam build`, in containers, behind the routes
//! of the template.

use std::{fs, path::Path, process::Stdio};

use serde_json::json;

use crate::{
    Sentence,
    docker::Docker,
    server::{Server, outside_cargo},
    settings::Settings,
};

/// What `sam local` is to know, of which `sam local invoke` can be told by `--config-file`, too.
const CONFIGURATION: &str = "sam-local.toml";

/// The processors of this machine, as the template calls them.
const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };

/// Builds both functions as they would be deployed, for this machine.
pub(crate) async fn build() -> Result<(), Sentence> {
    let status = outside_cargo("sam")
        .args(["build", "--parameter-overrides", &format!("Architecture={ARCHITECTURE}")])
        // There is nothing to cross-compile, so the compiler that is there will do.
        .env("CARGO_LAMBDA_COMPILER", "cargo")
        .status()
        .await
        .map_err(|error| format!("sam can't be run ({error}); `make sam-local` installs it"))?;
    status.success().then_some(()).ok_or_else(|| "`sam build` failed".to_owned())
}

/// Starts `sam local start-api` on a DynamoDB that listens on this port of this machine.
pub(crate) fn start(settings: &Settings, docker: &Docker, dynamodb_port: u16) -> Result<Server, Sentence> {
    let configuration = settings.folder.join(CONFIGURATION);
    let variables = settings.folder.join("sam-local.json");
    let dynamodb_url = format!("http://{}:{dynamodb_port}", docker.host);
    let values =
        json!({"CONTACTS_TABLE": embedded_dynamodb::TABLE, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url});
    write(&variables, &json!({"Parameters": values}).to_string())?;
    write(&configuration, &configuration_of(&variables))?;
    let mut sam = outside_cargo("sam");
    sam.args(["local", "start-api", "--warm-containers", "LAZY", "--host", "127.0.0.1"])
        .args(["--port", &settings.port.to_string(), "--config-file"])
        .arg(fs::canonicalize(&configuration).unwrap_or(configuration))
        .stdin(Stdio::null());
    Server::start("sam local start-api", sam)
}

fn configuration_of(variables: &Path) -> String {
    let parameters = format!(
        r#"template_file = ".aws-sam/build/template.yaml"
parameter_overrides = "Architecture={ARCHITECTURE}"
env_vars = "{}"
skip_pull_image = true
"#,
        variables.display()
    );
    format!(
        "version = 0.1\n[default.local_start_api.parameters]\n{parameters}\
         [default.local_invoke.parameters]\n{parameters}"
    )
}

fn write(path: &Path, text: &str) -> Result<(), Sentence> {
    fs::write(path, text).map_err(|error| format!("{} can't be written: {error}", path.display()))
}
