//! The whole service on one machine: both Lambda binaries behind HTTP, an embedded DynamoDB, and a demo
//! tenant with a token.
//!
//! | command | what it serves with | how long |
//! | --- | --- | --- |
//! | `local-stack` | the local gateway, on a database that is kept; the functions are rebuilt after changes | until Ctrl-C or SIGTERM |
//! | `local-stack COMMAND …` | the local gateway, on free ports and an empty database | while the command, such as the tests, runs |
//! | `local-stack --sam` | `sam local start-api`, in Docker | until Ctrl-C or SIGTERM |

mod demo;
mod docker;
mod error;
mod functions;
mod readiness;
mod reference;
mod sam;
mod server;
mod settings;
mod sources;

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path,
    process::ExitCode,
};

use embedded_dynamodb::EmbeddedDynamoDb;
use tokio::signal::unix::{SignalKind, signal};

use demo::Demo;
use docker::Docker;
use error::ErrorMessage;
use functions::LocalFunctions;
use readiness::wait_until_ready;
use server::{Server, outside_cargo};
use settings::{Mode, Settings};

/// What serves the functions.
enum Service {
    Gateway(LocalFunctions),
    Sam(Server),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(message) => {
            eprintln!("local-stack: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, ErrorMessage> {
    let settings = Settings::from_environment()?;
    fs::create_dir_all(&settings.folder)
        .map_err(|error| format!("{} can't be created: {error}", settings.folder.display()))?;
    let (service, dynamodb, demo) = match settings.mode {
        Mode::Sam => {
            let docker = Docker::find().await?;
            sam::build().await?;
            let (dynamodb, demo) = start_dynamodb(&settings, docker.address).await?;
            (Service::Sam(sam::start(&settings, &docker, dynamodb.port())?), dynamodb, demo)
        }
        Mode::Watch | Mode::Command { .. } => {
            let (dynamodb, demo) = start_dynamodb(&settings, Ipv4Addr::LOCALHOST.into()).await?;
            let functions = LocalFunctions::start(&settings, &dynamodb.url()).await?;
            (Service::Gateway(functions), dynamodb, demo)
        }
    };
    serve(&settings, &demo, service, dynamodb).await
}

/// Starts DynamoDB at this address of the machine, and creates the demo tenant in it.
async fn start_dynamodb(
    settings: &Settings,
    address: IpAddr,
) -> Result<(EmbeddedDynamoDb, Demo), ErrorMessage> {
    let dynamodb = EmbeddedDynamoDb::on_file(&settings.database(), address, settings.dynamodb_port)
        .await
        .map_err(|error| format!("{error}; CONTACTS_DYNAMODB_PORT sets another port"))?;
    let demo = Demo::create(settings, &dynamodb.url()).await?;
    Ok((dynamodb, demo))
}

/// Serves until the end, then stops everything. The folder of a command that succeeded is removed.
async fn serve(
    settings: &Settings,
    demo: &Demo,
    mut service: Service,
    dynamodb: EmbeddedDynamoDb,
) -> Result<ExitCode, ErrorMessage> {
    let result = serve_until_end(settings, demo, &mut service).await;
    match service {
        Service::Gateway(functions) => functions.stop().await,
        Service::Sam(server) => server.stop().await,
    }
    dynamodb.stop().await;
    // After a failure, the log and the database are kept to find its cause.
    if matches!(settings.mode, Mode::Command { .. }) && result == Ok(ExitCode::SUCCESS) {
        fs::remove_dir_all(&settings.folder)
            .map_err(|error| format!("{} can't be removed: {error}", settings.folder.display()))?;
    }
    result
}

/// Serves until the command, the server or a signal ends it.
async fn serve_until_end(
    settings: &Settings,
    demo: &Demo,
    service: &mut Service,
) -> Result<ExitCode, ErrorMessage> {
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|error| format!("SIGTERM can't be caught: {error}"))?;
    // A command that was interrupted has not succeeded.
    let interrupted = match settings.mode {
        Mode::Command { .. } => ExitCode::FAILURE,
        Mode::Watch | Mode::Sam => ExitCode::SUCCESS,
    };
    tokio::select! {
        result = work(settings, demo, service) => result,
        _ = tokio::signal::ctrl_c() => Ok(interrupted),
        _ = terminate.recv() => Ok(interrupted),
    }
}

/// Waits until the service is ready. Then runs the command to its end, or says how to call the service and goes on
/// until it ends by itself.
async fn work(settings: &Settings, demo: &Demo, service: &mut Service) -> Result<ExitCode, ErrorMessage> {
    let ready = wait_until_ready(&demo.url);
    match service {
        Service::Gateway(_) => ready.await?,
        Service::Sam(server) => tokio::select! {
            result = ready => result?,
            error = server.unexpected_end() => return Err(error),
        },
    }
    if let Mode::Command { program, arguments } = &settings.mode {
        return run_command(program, arguments, settings, demo).await;
    }
    let reference = match settings.docs_port {
        Some(port) => reference::serve(settings.docs_page(), port).await?,
        None => None,
    };
    demo.print_instructions(settings, reference.as_ref().map(|(_, url)| url.as_str()));
    match service {
        Service::Gateway(functions) => functions.watch().await,
        Service::Sam(server) => Err(server.unexpected_end().await),
    }
}

/// Runs the command with the variables of the stack, and returns whether it succeeded.
async fn run_command(
    program: &str,
    arguments: &[String],
    settings: &Settings,
    demo: &Demo,
) -> Result<ExitCode, ErrorMessage> {
    let log = path::absolute(settings.log()).map_err(|error| format!("no working directory: {error}"))?;
    let status = outside_cargo(program)
        .args(arguments)
        .envs(demo.variables())
        .env("CONTACTS_LOG", log)
        .envs(settings.xray.iter().map(|address| ("CONTACTS_XRAY", address)))
        .kill_on_drop(true)
        .status()
        .await
        .map_err(|error| format!("{program} can't be run: {error}"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
