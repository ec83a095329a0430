//! The keys that things stand under. The tenant is the first part of every partition key but that of the
//! list of tenants, so that a policy can fence a tenant in by IAM's leading keys (`dynamodb:LeadingKeys`).
//!
//! | item | `pk` | `sk` |
//! | --- | --- | --- |
//! | list of tenants | `TENANTS` | `<tenant>` |
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
//!
//! No tenant is called `TENANTS`, because its name is in lower case. Every partition key of a tenant's is
//! its name, or its name followed by `#`, which no name holds: no tenant's keys begin like another's.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use crate::domain::{AccountCode, AccountId, AccountName, ContactId, SecretDigest, TenantName};

/// The partition key's attribute.
pub(super) const PK: &str = "pk";
/// The sort key's attribute.
pub(super) const SK: &str = "sk";

/// What the list of tenants stands under.
pub(super) const TENANTS: &str = "TENANTS";
/// What a token's sort key begins with.
pub(super) const TOKEN: &str = "TOKEN#";

/// A kind of which a tenant has so much that it stands in buckets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Account,
    Code,
    Name,
    Contact,
}

impl Kind {
    /// The partition keys of all that a tenant has of this kind.
    pub(super) fn partitions(self, tenant: &TenantName) -> impl Iterator<Item = String> {
        (0..BUCKETS).map(move |number| self.partition(tenant, number))
    }

    fn partition(self, tenant: &TenantName, number: u64) -> String {
        let kind = match self {
            Self::Account => "ACCOUNT",
            Self::Code => "CODE",
            Self::Name => "NAME",
            Self::Contact => "CONTACT",
        };
        format!("{tenant}#{kind}#{:x}", number % BUCKETS)
    }
}

/// How many buckets there are of a kind, each called by a hexadecimal digit. An id is in the bucket of its
/// last four bits: its bits are those of a hash, and where an operator chose it, the last ones differ most.
const BUCKETS: u64 = 16;

/// A key of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    /// A tenant's place in the list of tenants.
    pub(super) fn listed(tenant: &TenantName) -> Self {
        Self::in_list_of_tenants(tenant.as_str())
    }

    pub(super) fn in_list_of_tenants(sk: &str) -> Self {
        Self { pk: TENANTS.to_owned(), sk: sk.to_owned() }
    }

    pub(super) fn tenant(tenant: &TenantName) -> Self {
        Self { pk: tenant.to_string(), sk: "TENANT".to_owned() }
    }

    pub(super) fn token(tenant: &TenantName, digest: &SecretDigest) -> Self {
        Self { pk: tenant.to_string(), sk: format!("{TOKEN}{}", digest.as_str()) }
    }

    pub(super) fn account(tenant: &TenantName, id: AccountId) -> Self {
        Self { pk: Kind::Account.partition(tenant, id.get()), sk: id.to_string() }
    }

    pub(super) fn code(tenant: &TenantName, code: &AccountCode) -> Self {
        let code = code.as_str();
        Self { pk: Kind::Code.partition(tenant, number_of(code)), sk: code.to_owned() }
    }

    pub(super) fn name(tenant: &TenantName, name: &AccountName) -> Self {
        let name = name.as_str();
        Self { pk: Kind::Name.partition(tenant, number_of(name)), sk: name.to_owned() }
    }

    pub(super) fn contact(tenant: &TenantName, id: ContactId) -> Self {
        Self { pk: Kind::Contact.partition(tenant, id.get()), sk: id.to_string() }
    }

    /// The key as DynamoDB wants it.
    pub(super) fn into_attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// A number to find the bucket of a text by.
fn number_of(text: &str) -> u64 {
    Sha256::digest(text)[0].into()
}
