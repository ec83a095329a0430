//! `lambda_runtime` with one call at each event, over a new TLS connection, and nothing else: the least that the first answer of
//! a function with a table can take. The call isn't signed, so only the benchmark's stub answers it.

use std::{env, sync::Arc};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Uri, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A read of an item that doesn't exist.
const BODY: &str = r#"{"RequestItems":{"contacts":{"Keys":[{"pk":{"S":"-"},"sk":{"S":"-"}}]}}}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |event: LambdaEvent<Value>| {
        call().await?;
        Ok::<_, Error>(event.payload)
    }))
    .await
}

async fn call() -> Result<(), Error> {
    let url: Uri = env::var("AWS_ENDPOINT_URL_DYNAMODB")?.parse()?;
    let host = url.host().ok_or("the URL has no host")?.to_owned();
    let stream = TcpStream::connect((host.as_str(), url.port_u16().unwrap_or(443))).await?;
    stream.set_nodelay(true)?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(env::var("AWS_CA_BUNDLE")?)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.clone())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::post("/")
        .header("host", host)
        .header("x-amz-target", "DynamoDB_20120810.BatchGetItem")
        .body(Full::new(Bytes::from(BODY)))?;
    let response = sender.send_request(request).await?;
    if !response.status().is_success() {
        return Err(format!("the stub answered {}", response.status()).into());
    }
    response.into_body().collect().await?;
    Ok(())
}
