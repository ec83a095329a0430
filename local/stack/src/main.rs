//! The whole service on one machine, with the real parts: both Lambda binaries behind `cargo lambda
//! watch`, an embedded DynamoDB, and a demo tenant with a token.
//!
//! `local-stack` serves until Ctrl-C or SIGTERM, on a database that stays. `local-stack COMMAND …` serves
//! while the command runs, on free ports and an empty database, and ends with its status; so run the
//! tests.

mod demo;
mod functions;
mod settings;

use std::{fs, path, process::ExitCode};

use embedded_dynamodb::EmbeddedDynamoDb;
use tokio::signal::unix::{SignalKind, signal};

use demo::Demo;
use functions::Functions;
use settings::Settings;

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
    functions::build().await?;
    let dynamodb = EmbeddedDynamoDb::on_file(&settings.database(), settings.dynamodb_port)
        .await
        .map_err(|error| format!("{error}; CONTACTS_DYNAMODB_PORT sets another port"))?;
    let demo = Demo::make(&settings, &dynamodb.url()).await?;
    let mut functions = Functions::start(&settings, &dynamodb.url())?;
    let result = serve(&settings, &demo, &mut functions).await;
    functions.stop().await;
    dynamodb.stop().await;
    result
}

async fn serve(settings: &Settings, demo: &Demo, functions: &mut Functions) -> Result<ExitCode, Sentence> {
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|error| format!("SIGTERM can't be caught: {error}"))?;
    let work = async {
        functions.wait_until_ready(&demo.url).await?;
        match &settings.command {
            None => {
                demo.introduce();
                functions.wait().await
            }
            Some(command) => run_command(command, settings, demo).await,
        }
    };
    tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => Ok(ExitCode::SUCCESS),
        _ = terminate.recv() => Ok(ExitCode::SUCCESS),
    }
}

async fn run_command(command: &[String], settings: &Settings, demo: &Demo) -> Result<ExitCode, Sentence> {
    let (program, arguments) = command.split_first().ok_or("no command to run")?;
    let log = path::absolute(settings.log()).map_err(|error| format!("no working directory: {error}"))?;
    let status = functions::outside_cargo(program)
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
