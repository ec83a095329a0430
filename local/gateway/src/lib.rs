//! API Gateway and Lambda on one machine. An HTTP server turns each request into an event of API Gateway's HTTP
//! API, an execution environment of a function handles the event, and the function's response becomes the
//! answer. Events that don't come over HTTP are accepted at the path of Lambda's Invoke API.
//!
//! | module | content |
//! | --- | --- |
//! | `api` | the two APIs: requests of callers, and Lambda's `Invoke` |
//! | `request`, `response` | the event of a request, the answer of a response |
//! | `config` | the configuration of a function |
//! | `function`, `environment` | a function's execution environments, each with a process |
//! | `http_server` | an HTTP server with a header time-out and a connection limit |
//! | `template` | the functions and routes that `template.yaml` declares |
//! | `report` | what is reported while the gateway serves |

mod api;
mod config;
mod environment;
mod error;
mod function;
mod http_server;
mod report;
mod request;
mod response;
mod template;

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use tokio::net::TcpListener;

pub use config::{FunctionConfig, Launch};
pub use error::{StartError, TemplateError};
pub use http_server::HttpServer;
pub use report::{Report, Reporter};
pub use template::{DeclaredFunction, declared_functions};

use api::Api;
use function::Function;

/// A running gateway. Dropping it stops the server; processes of functions that are busy end later.
pub struct Gateway {
    server: HttpServer,
    functions: Vec<Arc<Function>>,
}

impl Gateway {
    /// Serves these functions at a listener. The execution environments are started at need.
    pub fn start(
        listener: TcpListener,
        functions: Vec<FunctionConfig>,
        reporter: Reporter,
    ) -> Result<Self, StartError> {
        let mut routes = HashMap::new();
        let mut all = Vec::new();
        for config in functions {
            let keys = config.route_keys.clone();
            let function = Arc::new(Function::new(config, Arc::clone(&reporter)));
            routes.extend(keys.into_iter().map(|key| (key, Arc::clone(&function))));
            all.push(function);
        }
        let api = Api { routes, functions: all.clone(), reporter };
        Ok(Self { server: HttpServer::start(listener, api.router())?, functions: all })
    }

    /// Returns the address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Replaces all execution environments. Running invocations end in the old ones; later invocations start new ones by the
    /// launch command.
    pub fn replace_environments(&self) {
        for function in &self.functions {
            function.replace_environments();
        }
    }

    /// Stops the server, and kills the functions' processes. Running invocations are lost.
    pub async fn stop(self) {
        drop(self.server);
        for function in &self.functions {
            function.stop().await;
        }
    }
}
