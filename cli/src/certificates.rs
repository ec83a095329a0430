//! The root certificates that the connections to the table and to the API trust, and the errors of servers with
//! other certificates.

use std::{
    env,
    error::Error,
    fmt::Display,
    fs, io,
    path::{Path, PathBuf},
};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::error::CliError;

/// The variables that name a file of root certificates, in order of precedence. `AWS_CA_BUNDLE` is the AWS
/// CLI's, `SSL_CERT_FILE` is OpenSSL's. An empty one counts as not set.
const VARIABLES: [&str; 2] = ["AWS_CA_BUNDLE", "SSL_CERT_FILE"];

/// Where systems keep their root certificates.
const SYSTEM_BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Root certificates in PEM format. There is at least one, and all of them are valid.
pub(crate) struct CertificateBundle(Vec<u8>);

impl CertificateBundle {
    /// Reads the file that an environment variable names. Its certificates replace those of the system. `None` if
    /// no variable is set. Fails with a usage error.
    pub(crate) fn from_environment() -> Result<Option<Self>, CliError> {
        let set = VARIABLES.into_iter().find_map(|variable| {
            env::var_os(variable).filter(|path| !path.is_empty()).map(|path| (variable, PathBuf::from(path)))
        });
        match set {
            Some((variable, path)) => Self::read(variable, &path).map(Some),
            None => Self::instead_of_an_empty_variable(),
        }
    }

    /// Reads the system's bundle if `SSL_CERT_FILE` is set, but empty: the libraries of both connections would
    /// look for a file with an empty name.
    fn instead_of_an_empty_variable() -> Result<Option<Self>, CliError> {
        if env::var_os("SSL_CERT_FILE").is_none() {
            return Ok(None);
        }
        let bundle = SYSTEM_BUNDLES.into_iter().map(Path::new).find(|path| path.exists());
        bundle.map(|path| Self::read("SSL_CERT_FILE is empty, and the system", path)).transpose()
    }

    fn read(named_by: &str, path: &Path) -> Result<Self, CliError> {
        let error =
            |problem: &str| CliError::usage(format!("{named_by} names {}, which {problem}", path.display()));
        let pem = fs::read(path).map_err(|cause| error("can't be read").caused_by(cause))?;
        if is_valid(&pem) { Ok(Self(pem)) } else { Err(error("holds no valid certificates")) }
    }

    /// Returns the certificates in PEM format.
    pub(crate) fn pem(&self) -> &[u8] {
        &self.0
    }
}

/// Whether the file holds certificates, all of them valid. The HTTP client of the AWS SDK panics on any other.
fn is_valid(pem: &[u8]) -> bool {
    let mut roots = RootCertStore::empty();
    let all_valid = CertificateDer::pem_slice_iter(pem)
        .all(|certificate| certificate.is_ok_and(|certificate| roots.add(certificate).is_ok()));
    all_valid && !roots.is_empty()
}

/// Converts the error of a connection that failed because of the server's certificate; `None` if it failed for
/// another reason. No retry helps, so the converted error is final.
pub(crate) fn certificate_error(server: impl Display, error: &(dyn Error + 'static)) -> Option<CliError> {
    let cause = invalid_certificate(error)?;
    let [aws, ssl] = VARIABLES;
    let error = CliError::other(format!("the certificate of {server} is not trusted"));
    Some(error.caused_by(cause.clone()).advice(format!(
        "If a proxy or the server has a root certificate of its own, set {aws} (or {ssl}) to a file with it, in \
         PEM format; otherwise check the address and this machine's clock"
    )))
}

/// Finds the error of an invalid certificate in a chain of causes.
fn invalid_certificate<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(found @ rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return Some(found);
    }
    // The source of an I/O error is the source of the error inside, not that error.
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match inside {
        Some(inside) => invalid_certificate(inside),
        None => invalid_certificate(error.source()?),
    }
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError;

    use super::*;

    #[test]
    fn an_invalid_certificate_is_found_inside_of_io_errors() {
        let invalid = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, invalid));
        let error = certificate_error("the server", &nested).unwrap();
        let report = error.report();
        assert!(
            report.contains("the server is not trusted: invalid peer certificate: UnknownIssuer"),
            "{report}"
        );
        assert!(report.contains("AWS_CA_BUNDLE"), "{report}");
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(certificate_error("the server", &refused).is_none());
        assert!(certificate_error("the server", &io::Error::other(rustls::Error::DecryptError)).is_none());
    }
}
