//! The keys that things stand under. The tenant is the first part of every partition key, so that a
//! policy can fence a tenant in by IAM's leading keys (`dynamodb:LeadingKeys`).
//!
//! | item | `pk` | `sk` |
//! | --- | --- | --- |
//! | tenant | `<tenant>` | `TENANT` |
//! | API token | `<tenant>` | `TOKEN#<SHA-256 of the secret>` |
//! | account | `<tenant>#ACCOUNT#<bucket>` | `<account_id>` |
//! | account by code | `<tenant>#CODE#<bucket>` | the code |
//! | account by name | `<tenant>#NAME#<bucket>` | the name |
//! | contact | `<tenant>#CONTACT#<bucket>` | `<contact_id>` |
//!
//! A bucket is a hexadecimal digit out of the id, or out of a hash of the text: sixteen partition keys a
//! kind let one tenant's load spread over sixteen times what a partition takes, and a tenant is listed by
//! querying its sixteen buckets. An id tells its own bucket, so a key follows from an id alone.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use crate::domain::{AccountCode, AccountId, AccountName, ContactId, SecretDigest, TenantName};

/// The partition key's attribute.
pub(super) const PK: &str = "pk";
/// The sort key's attribute.
pub(super) const SK: &str = "sk";

/// A key of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    pub(super) fn tenant(tenant: &TenantName) -> Self {
        Self { pk: tenant.to_string(), sk: "TENANT".to_owned() }
    }

    pub(super) fn token(tenant: &TenantName, digest: &SecretDigest) -> Self {
        Self { pk: tenant.to_string(), sk: format!("TOKEN#{}", digest.as_str()) }
    }

    pub(super) fn account(tenant: &TenantName, id: AccountId) -> Self {
        Self { pk: format!("{tenant}#ACCOUNT#{}", bucket(id.get())), sk: id.to_string() }
    }

    pub(super) fn code(tenant: &TenantName, code: &AccountCode) -> Self {
        let code = code.as_str();
        Self { pk: format!("{tenant}#CODE#{}", bucket_of_text(code)), sk: code.to_owned() }
    }

    pub(super) fn name(tenant: &TenantName, name: &AccountName) -> Self {
        let name = name.as_str();
        Self { pk: format!("{tenant}#NAME#{}", bucket_of_text(name)), sk: name.to_owned() }
    }

    pub(super) fn contact(tenant: &TenantName, id: ContactId) -> Self {
        Self { pk: format!("{tenant}#CONTACT#{}", bucket(id.get())), sk: id.to_string() }
    }

    /// The key as DynamoDB wants it.
    pub(super) fn into_attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// The last four bits: an id's bits are those of a hash, and where an operator chose the id, the last
/// ones differ most.
fn bucket(id: u64) -> String {
    format!("{:x}", id % 16)
}

fn bucket_of_text(text: &str) -> String {
    format!("{:x}", Sha256::digest(text)[0] % 16)
}
