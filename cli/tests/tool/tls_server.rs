//! A server with TLS in front of another server on this machine. No system trusts its certificate.
//!
//! `tls/certificate.pem` is signed with its own key (`tls/key.pem`), and valid for 127.0.0.1 from 2020 to 2124, so that
//! the tests do not depend on the clock. No other server uses the key.

use std::{net::Ipv4Addr, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Path of the certificate, which is its own root.
pub(crate) const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tool/tls/certificate.pem");

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tool/tls/key.pem");

/// Starts the server in front of the server at this `http://` URL, and returns its own URL.
pub(crate) async fn start(target: &str) -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_file(KEY).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let target = target.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(forward(acceptor.clone(), connection, target.clone()));
        }
    });
    url
}

/// Forwards a connection. Ends without a message if the client does not trust the certificate.
async fn forward(acceptor: TlsAcceptor, connection: TcpStream, target: String) {
    let Ok(mut client) = acceptor.accept(connection).await else { return };
    let mut server = TcpStream::connect(target).await.unwrap();
    // Fails if either closes the connection without the end of TLS.
    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
}
