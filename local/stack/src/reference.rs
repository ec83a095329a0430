//! The page of the API reference, on a port of its own. `make docs` renders it.

use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use axum::{
    Router,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use gateway::HttpServer;
use tokio::net::TcpListener;

use crate::error::ErrorMessage;

/// The path of the page.
const PATH: &str = "/docs";

/// Serves the page at a port until the server is dropped. Returns the server and the page's URL, or `None` if there is no
/// page.
pub(crate) async fn serve(page: PathBuf, port: u16) -> Result<Option<(HttpServer, String)>, ErrorMessage> {
    if !page.is_file() {
        return Ok(None);
    }
    let in_use = |error| format!("port {port} can't be used ({error}); CONTACTS_DOCS_PORT sets another");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(in_use)?;
    let router = Router::new().route(PATH, get(async move || read(&page)));
    let server = HttpServer::start(listener, router).map_err(in_use)?;
    let url = format!("http://{}{PATH}", server.address());
    Ok(Some((server, url)))
}

/// Reads the page anew, because it may have been rendered again.
fn read(page: &Path) -> Response {
    match fs::read_to_string(page) {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::NOT_FOUND, format!("{}: {error}", page.display())).into_response(),
    }
}
