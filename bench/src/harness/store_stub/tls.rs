//! The stub's TLS. Its certificate, `tls/certificate.pem`, is signed with its own key (`tls/key.pem`, RSA of
//! 2,048 bits) and valid for 127.0.0.1 until 2125. No other server uses the key, and no system trusts it.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use crate::error::Result;

/// Path of the certificate, which is its own root.
pub(crate) const CERTIFICATE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/src/harness/store_stub/tls/certificate.pem");

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/harness/store_stub/tls/key.pem");

/// Returns what accepts a connection with TLS.
pub(super) fn acceptor() -> Result<TlsAcceptor> {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(CERTIFICATE)?],
            PrivateKeyDer::from_pem_file(KEY)?,
        )?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
