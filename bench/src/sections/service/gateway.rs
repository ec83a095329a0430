//! The local gateway in front of a program, in place of API Gateway and Lambda.

use std::{net::Ipv4Addr, sync::Arc};

use gateway::{FunctionConfig, Gateway, Report};
use runtime_api::TIME_LIMIT;
use tokio::net::TcpListener;

use crate::{error::Result, harness::program::Program};

/// Has a program answer every request. It starts up to this many execution environments, at need.
pub(super) async fn serve(program: Program, max_environments: usize) -> Result<Gateway> {
    let launch = program.launch()?;
    let function = FunctionConfig {
        name: program.label().to_owned(),
        route_keys: vec!["$default".to_owned()],
        time_limit: TIME_LIMIT,
        max_environments,
        launch: Box::new(move |runtime_api| Ok(launch.command(runtime_api))),
    };
    let reporter = |report: &Report| {
        if let Report::Problem { .. } = report {
            eprintln!("{report}");
        }
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(Gateway::start(listener, vec![function], Arc::new(reporter))?)
}
