//! The keys of the table. The tenant is the first part of every partition key except that of the list of tenants, so an
//! IAM policy can restrict access to one tenant by leading keys (`dynamodb:LeadingKeys`).
//!
//! | item | `pk` | `sk` |
//! | --- | --- | --- |
//! | list of tenants | `TENANTS` | `<tenant>` |
//! | tenant | `<tenant>` | `TENANT` |
//! | API token | `<tenant>` | `TOKEN#<SHA-256 of the secret>` |
//! | account | `<tenant>#ACCOUNT#<bucket>` | `<account_id>` |
//! | account by code | `<tenant>#CODE#<bucket>` | the code, in the form in which codes are compared |
//! | account by name | `<tenant>#NAME#<bucket>` | the name, likewise |
//! | contact | `<tenant>#CONTACT#<bucket>` | `<contact_id>` |
//! | record of an idempotency key | `<tenant>#IDEMPOTENCY#<bucket>` | `<operation>#<SHA-256 of the key>` |
//! | part of a delete's record | the same | the record's, `#<operation id>#<random>` |
//!
//! A bucket is a hexadecimal digit of the id, or of a hash of the text. Sixteen partition keys per item kind let the load
//! of one tenant use sixteen times the throughput of a partition. To list a tenant's items, all sixteen buckets are
//! queried. The bucket is derived from the id, so the key of an item is known from its id alone.
//!
//! Tenant names are lower case, so no tenant is called `TENANTS`. A partition key of a tenant is its name, or its name
//! followed by `#`, which no name contains. So a prefix that ends at the name matches one tenant only.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use crate::domain::{AccountCode, AccountId, AccountName, ContactId, SecretDigest, TenantName};

/// The partition key's attribute.
pub(super) const PK: &str = "pk";
/// The sort key's attribute.
pub(super) const SK: &str = "sk";

/// The partition key of the list of tenants.
pub(super) const TENANTS: &str = "TENANTS";
/// The prefix of a token's sort key.
pub(super) const TOKEN: &str = "TOKEN#";

/// Item kinds that are sharded into buckets.
#[derive(Debug, Clone, Copy)]
pub(super) enum ItemKind {
    Account,
    Code,
    Name,
    Contact,
    Idempotency,
}

impl ItemKind {
    /// The partition keys of all items of this kind of a tenant.
    pub(super) fn partitions(self, tenant: &TenantName) -> impl Iterator<Item = String> {
        (0..BUCKETS).map(move |number| self.partition(tenant, number.into()))
    }

    pub(super) fn partition(self, tenant: &TenantName, number: u64) -> String {
        let kind = match self {
            Self::Account => "ACCOUNT",
            Self::Code => "CODE",
            Self::Name => "NAME",
            Self::Contact => "CONTACT",
            Self::Idempotency => "IDEMPOTENCY",
        };
        let [last_byte, ..] = number.to_le_bytes();
        let bucket = char::from_digit(u32::from(last_byte % BUCKETS), 16).expect("it is below 16");
        [tenant.as_str(), kind, bucket.encode_utf8(&mut [0])].join("#")
    }
}

/// The number of buckets per item kind; a bucket's name is a hexadecimal digit. The bucket of an id is its last four bits:
/// ids are hashes, and ids that an operator chose differ most in their last bits.
const BUCKETS: u8 = 16;

/// A key of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    /// A tenant's entry in the list of tenants.
    pub(super) fn tenant_entry(tenant: &TenantName) -> Self {
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
        Self { pk: ItemKind::Account.partition(tenant, id.get()), sk: id.to_string() }
    }

    pub(super) fn code(tenant: &TenantName, code: &AccountCode) -> Self {
        let code = code.form();
        Self { pk: ItemKind::Code.partition(tenant, hash_of(code)), sk: sort_key(code) }
    }

    pub(super) fn name(tenant: &TenantName, name: &AccountName) -> Self {
        let name = name.form();
        Self { pk: ItemKind::Name.partition(tenant, hash_of(name)), sk: sort_key(name) }
    }

    pub(super) fn contact(tenant: &TenantName, id: ContactId) -> Self {
        Self { pk: ItemKind::Contact.partition(tenant, id.get()), sk: id.to_string() }
    }

    /// The key as attributes of a request.
    pub(super) fn into_attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// The longest sort key of DynamoDB, in bytes ("Constraints in Amazon DynamoDB").
const MAX_SORT_KEY: usize = 1_024;

/// The sort key of a code or a name. 256 characters take 1,024 bytes at most, but the form in which they are compared can be
/// three times as long. It is replaced by its hash then, after a control character, which no code and no name has.
fn sort_key(form: &str) -> String {
    if form.len() <= MAX_SORT_KEY {
        form.to_owned()
    } else {
        format!("\u{1}{}", hex::encode(Sha256::digest(form)))
    }
}

/// A number from a hash of a text, by which the text is put into a bucket.
fn hash_of(text: &str) -> u64 {
    Sha256::digest(text)[0].into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn accounts_by_code_and_by_name_are_spread_over_all_buckets() {
        let tenant = TenantName::parse("zegoal").unwrap();
        let texts: Vec<_> = (0..200).map(|number| number.to_string()).collect();
        let codes = texts.iter().map(|text| Key::code(&tenant, &AccountCode::parse(text).unwrap()).pk);
        assert_eq!(codes.collect::<HashSet<_>>(), ItemKind::Code.partitions(&tenant).collect());
        let names = texts.iter().map(|text| Key::name(&tenant, &AccountName::parse(text).unwrap()).pk);
        assert_eq!(names.collect::<HashSet<_>>(), ItemKind::Name.partitions(&tenant).collect());
    }
}
