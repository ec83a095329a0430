//! The tokens that HTTP callers show: `<tenant>.<secret>`. Of a secret only its SHA-256 is ever stored
//! or compared, so a copy of the table opens nothing.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    TenantName,
    rule::{self, Rule},
};

/// The most characters of a secret that is worth hashing; those that the service issues have 64.
const MAX_SECRET: usize = 256;

/// A token as a caller shows it.
pub struct Token {
    /// Whose token it says it is.
    pub tenant: TenantName,
    /// The fingerprint of its secret.
    pub digest: SecretDigest,
}

impl Token {
    /// Reads `<tenant>.<secret>`; `None` if it can't be a token of this service.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let (tenant, secret) = raw.split_once('.')?;
        let tenant = TenantName::parse(tenant).ok()?;
        let plausible = (1..=MAX_SECRET).contains(&secret.len());
        plausible.then(|| Self { tenant, digest: SecretDigest::of(secret) })
    }
}

/// A token's secret, 256 random bits in hexadecimal. It is shown once, to whoever asked for the token.
pub struct Secret(String);

impl Secret {
    /// A new secret.
    #[must_use]
    pub fn random() -> Self {
        // Two random UUIDs have 244 random bits between them, three have 366: hashing three leaves the
        // 256 that the secret is to have.
        let seed: Vec<u8> = (0..3).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
        Self(hex::encode(Sha256::digest(seed)))
    }

    /// Its fingerprint, which is what gets stored.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }

    /// The token to hand out.
    #[must_use]
    pub fn token_of(&self, tenant: &TenantName) -> String {
        format!("{tenant}.{}", self.0)
    }
}

/// The SHA-256 of a secret, in hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretDigest(String);

impl SecretDigest {
    fn of(secret: &str) -> Self {
        Self(hex::encode(Sha256::digest(secret)))
    }

    /// The fingerprint that a stored token carries.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To create and update contacts.
    Upsert,
    /// To delete contacts.
    Delete,
}

impl Right {
    /// Reads a right's word; fails with [`Rule::Right`].
    pub fn parse(word: &str) -> Result<Self, Rule> {
        match word {
            "upsert" => Ok(Self::Upsert),
            "delete" => Ok(Self::Delete),
            _ => Err(Rule::Right),
        }
    }

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The rights that a token has.
pub type Rights = Vec<Right>;

/// What stands behind a token.
#[derive(Debug, Clone)]
pub struct TokenGrant {
    /// What it may be used for.
    pub rights: Rights,
    /// What its owner calls it.
    pub label: String,
    /// The moment from which it is no longer good, if there is one.
    pub expires_at: Option<Timestamp>,
}

impl TokenGrant {
    /// Trims and reads a label of 1 to 64 characters; fails with [`Rule::TrimmedLength`] or
    /// [`Rule::ControlCharacter`].
    pub fn parse_label(raw: &str) -> Result<String, Rule> {
        rule::trimmed(raw, 64)
    }

    /// Whether it is good now.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.expires_at.is_none_or(|moment| Timestamp::now() < moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_tenant_and_a_secret() {
        let secret = Secret::random();
        let tenant = TenantName::parse("zegoal").unwrap();
        let token = Token::parse(&secret.token_of(&tenant)).unwrap();
        assert_eq!(token.tenant, tenant);
        assert!(token.digest == secret.digest());
        assert_eq!(secret.0.len(), 64);
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        for garbled in ["", ".", "zegoal", "zegoal.", ".secret", "Zegoal.secret", "a b.secret"] {
            assert!(Token::parse(garbled).is_none(), "{garbled}");
        }
        assert!(Token::parse(&format!("zegoal.{}", "x".repeat(257))).is_none());
    }

    #[test]
    fn no_two_secrets_are_equal() {
        assert_ne!(Secret::random().0, Secret::random().0);
    }
}
