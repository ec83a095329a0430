//! Both Lambda binaries behind `sam local start-api`: built by `sam build`, run in containers, with the
//! routes of the template.

use std::{fs, path::Path};

use serde_json::json;

use crate::{
    docker::Docker,
    error::ErrorMessage,
    server::{Server, outside_cargo},
    settings::Settings,
};

/// The configuration file of `sam local start-api`. `sam local invoke --config-file` takes it too.
const CONFIGURATION: &str = "sam-local.toml";

/// The template's `Architecture` parameter for this machine.
const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };

/// Not `.aws-sam`: a `sam deploy` without `sam build` must not find programs for this machine there.
const BUILD: &str = ".local/sam-build";

/// Builds both functions as they would be deployed on this machine's architecture.
pub(crate) async fn build() -> Result<(), ErrorMessage> {
    let status = outside_cargo("sam")
        .args(["build", "--build-dir", BUILD, "--parameter-overrides"])
        .arg(format!("Architecture={ARCHITECTURE}"))
        // Nothing is cross-compiled, so cargo suffices in place of Zig.
        .env("CARGO_LAMBDA_COMPILER", "cargo")
        .status()
        .await
        .map_err(|error| format!("sam can't be run ({error}); `make sam-local` installs it"))?;
    if status.success() { Ok(()) } else { Err("`sam build` failed".to_owned()) }
}

/// Starts the server. The functions use the DynamoDB at this port of this machine.
pub(crate) fn start(
    settings: &Settings,
    docker: &Docker,
    dynamodb_port: u16,
) -> Result<Server, ErrorMessage> {
    let configuration = settings.folder.join(CONFIGURATION);
    let environment = settings.folder.join("sam-local.json");
    let dynamodb_url = format!("http://{}:{dynamodb_port}", docker.host);
    let values =
        json!({"CONTACTS_TABLE": embedded_dynamodb::TABLE, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url});
    write(&environment, &json!({"Parameters": values}).to_string())?;
    write(&configuration, &configuration_text(&environment))?;
    let configuration = fs::canonicalize(&configuration)
        .map_err(|error| format!("{} has no absolute path: {error}", configuration.display()))?;
    let mut sam = outside_cargo("sam");
    sam.args(["local", "start-api", "--warm-containers", "LAZY", "--host", "127.0.0.1"])
        .args(["--port", &settings.port.to_string(), "--config-file"])
        .arg(configuration);
    Server::start(sam)
}

fn configuration_text(environment: &Path) -> String {
    let parameters = format!(
        r#"template_file = "{BUILD}/template.yaml"
parameter_overrides = "Architecture={ARCHITECTURE}"
env_vars = "{}"
skip_pull_image = true
"#,
        environment.display()
    );
    format!(
        "version = 0.1\n[default.local_start_api.parameters]\n{parameters}\
         [default.local_invoke.parameters]\n{parameters}"
    )
}

fn write(path: &Path, text: &str) -> Result<(), ErrorMessage> {
    fs::write(path, text).map_err(|error| format!("{} can't be written: {error}", path.display()))
}
