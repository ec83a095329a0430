//! The bearer tokens of HTTP callers: `<tenant>.<secret>`. Only the SHA-256 of a secret is stored and compared, so a copy
//! of the table grants no access.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    TenantName,
    validation::{self, ValidationError},
};

/// The most bytes of a secret that are hashed; the secrets that the service issues have 64.
const MAX_SECRET: usize = 256;

/// A token that a caller presented.
pub struct Token {
    /// The tenant that the token names.
    pub tenant: TenantName,
    /// The digest of the token's secret.
    pub digest: SecretDigest,
}

impl Token {
    /// Reads `<tenant>.<secret>`; `None` if the text can't be a token of this service.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let (tenant, secret) = raw.split_once('.')?;
        let tenant = TenantName::parse(tenant).ok()?;
        let plausible = (1..=MAX_SECRET).contains(&secret.len());
        plausible.then(|| Self { tenant, digest: SecretDigest::of(secret) })
    }
}

/// A new token's secret, 256 random bits in hexadecimal. It is shown once, when the token is issued.
pub struct Secret(String);

impl Secret {
    /// Makes a new secret from the operating system's random number generator.
    #[must_use]
    pub fn random() -> Self {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).expect("the operating system has a random number generator");
        Self(hex::encode(bits))
    }

    /// The secret's digest, which is stored.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }

    /// The token of this secret and a tenant, as a caller presents it.
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

    /// The digest of a stored token.
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

/// A right that a token can grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To create and update contacts.
    Upsert,
    /// To delete contacts.
    Delete,
}

impl Right {
    /// Reads a right's word; fails with [`ValidationError::Right`].
    pub fn parse(word: &str) -> Result<Self, ValidationError> {
        match word {
            "upsert" => Ok(Self::Upsert),
            "delete" => Ok(Self::Delete),
            _ => Err(ValidationError::Right),
        }
    }

    /// The right's word.
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

/// What a token grants.
#[derive(Debug, Clone)]
pub struct TokenGrant {
    /// The rights of callers that present the token.
    pub rights: Vec<Right>,
    /// A label for operators.
    pub label: String,
    /// When the token expires, if ever.
    pub expires_at: Option<Timestamp>,
}

impl TokenGrant {
    /// Trims and reads a label of 1 to 64 characters; fails with [`ValidationError::TrimmedLength`] or
    /// [`ValidationError::ControlCharacter`].
    pub fn parse_label(raw: &str) -> Result<String, ValidationError> {
        validation::trimmed(raw, 64)
    }

    /// Whether the token has not expired.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.expires_at.is_none_or(|moment| Timestamp::now() < moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_a_tenant_and_a_secret() {
        let secret = Secret::random();
        let tenant = TenantName::parse("zegoal").unwrap();
        let token = Token::parse(&secret.token_of(&tenant)).unwrap();
        assert_eq!(token.tenant, tenant);
        assert!(token.digest == secret.digest());
        assert_eq!(secret.0.len(), 64);
    }

    #[test]
    fn text_that_cannot_be_a_token_is_none() {
        for garbled in ["", ".", "zegoal", "zegoal.", ".secret", "Zegoal.secret", "a b.secret"] {
            assert!(Token::parse(garbled).is_none(), "{garbled}");
        }
        assert!(Token::parse(&format!("zegoal.{}", "x".repeat(257))).is_none());
    }

    #[test]
    fn no_two_secrets_are_equal() {
        assert_ne!(Secret::random().0, Secret::random().0);
    }

    #[test]
    fn digest_is_the_sha_256_in_hexadecimal() {
        // printf secret | sha256sum
        let expected = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
        assert_eq!(SecretDigest::of("secret").as_str(), expected);
    }

    #[test]
    fn right_is_one_of_two_words() {
        for (word, right) in [("upsert", Right::Upsert), ("delete", Right::Delete)] {
            assert_eq!(Right::parse(word), Ok(right));
            assert_eq!((right.as_str(), right.to_string().as_str()), (word, word));
        }
        assert_eq!(Right::parse("Upsert"), Err(ValidationError::Right));
    }

    #[test]
    fn grant_is_current_until_it_expires() {
        let now = Timestamp::now();
        let minute = jiff::SignedDuration::from_mins(1);
        for (expires_at, is_current) in
            [(None, true), (Some(now + minute), true), (Some(now - minute), false)]
        {
            let grant = TokenGrant { rights: Vec::new(), label: String::new(), expires_at };
            assert_eq!(grant.is_current(), is_current, "{expires_at:?}");
        }
    }

    #[test]
    fn label_is_1_to_64_characters() {
        assert_eq!(TokenGrant::parse_label(" CRM ").as_deref(), Ok("CRM"));
        assert!(TokenGrant::parse_label(&"x".repeat(64)).is_ok());
        assert_eq!(TokenGrant::parse_label(&"x".repeat(65)), Err(ValidationError::TrimmedLength { max: 64 }));
    }
}
