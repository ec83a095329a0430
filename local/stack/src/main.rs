//! The whole service on one machine, with the real parts: both Lambda binaries behind `cargo lambda
//! watch`, an embedded DynamoDB, and a demo tenant with a token.
//!
//! `local-stack` serves until Ctrl-C or SIGTERM, on a database that stays. `local-stack COMMAND …` serves
//! while the command runs, on free ports and an empty database, and ends with its status; so run the
//! tests. `local-stack --sam` serves by `sam local start-api`, in Docker.

mod demo;
mod docker;
mod sam;
mod server;
mod settings;
mod watch;

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
use server::Server;
use settings::{Mode, Settings};

/// What to say when something is wrong: one clear sentence.
type Sentence = String;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("local-stack: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, Sentence> {
    let settings = Settings::from_environment()?;
    fs::create_dir_all(&settings.folder)
        .map_err(|error| format!("{} can't be made: {error}", settings.folder.display()))?;
    match settings.mode {
        Mode::Sam => {
            let docker = Docker::find().await?;
            sam::build().await?;
            let (dynamodb, demo) = store(&settings, docker.address).await?;
            let server = sam::start(&settings, &docker, dynamodb.port());
            serve(&settings, &demo, server, dynamodb).await
        }
        Mode::Watch | Mode::Command(_) => {
            watch::build().await?;
            let (dynamodb, demo) = store(&settings, Ipv4Addr::LOCALHOST.into()).await?;
            let server = watch::start(&settings, &dynamodb.url());
            serve(&settings, &demo, server, dynamodb).await
        }
    }
}

/// Starts DynamoDB at this address of the machine, with the demo tenant in it.
async fn store(settings: &Settings, address: IpAddr) -> Result<(EmbeddedDynamoDb, Demo), Sentence> {
    let dynamodb = EmbeddedDynamoDb::on_file(&settings.database(), address, settings.dynamodb_port)
        .await
        .map_err(|error| format!("{error}; CONTACTS_DYNAMODB_PORT sets another port"))?;
    let demo = Demo::make(settings, &dynamodb.url()).await?;
    Ok((dynamodb, demo))
}

async fn serve(
    settings: &Settings,
    demo: &Demo,
    server: Result<Server, Sentence>,
    dynamodb: EmbeddedDynamoDb,
) -> Result<ExitCode, Sentence> {
    let mut server = server?;
    let result = serve_until_the_end(settings, demo, &mut server).await;
    server.stop().await;
    dynamodb.stop().await;
    if matches!(settings.mode, Mode::Command(_)) && result == Ok(ExitCode::SUCCESS) {
        // After a failure, the log and the database may tell why.
        fs::remove_dir_all(&settings.folder)
            .map_err(|error| format!("{} can't be removed: {error}", settings.folder.display()))?;
    }
    result
}

async fn serve_until_the_end(
    settings: &Settings,
    demo: &Demo,
    server: &mut Server,
) -> Result<ExitCode, Sentence> {
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|error| format!("SIGTERM can't be caught: {error}"))?;
    let work = async {
        server.wait_until_ready(&demo.url).await?;
        match &settings.mode {
            Mode::Command(command) => run_command(command, settings, demo).await,
            Mode::Watch | Mode::Sam => {
                demo.introduce();
                server.wait().await
            }
        }
    };
    // A command that was broken off has not succeeded.
    let broken_off = match settings.mode {
        Mode::Command(_) => ExitCode::FAILURE,
        Mode::Watch | Mode::Sam => ExitCode::SUCCESS,
    };
    tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => Ok(broken_off),
        _ = terminate.recv() => Ok(broken_off),
    }
}

async fn run_command(command: &[String], settings: &Settings, demo: &Demo) -> Result<ExitCode, Sentence> {
    let (program, arguments) = command.split_first().ok_or("no command to run")?;
    let log = path::absolute(settings.log()).map_err(|error| format!("no working directory: {error}"))?;
    let status = server::outside_cargo(program)
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
