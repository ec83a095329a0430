//! The caches of a warm function: tokens with their tenants, tenants, and the account of each code, name and id. An entry
//! lives for one minute. That something doesn't exist is never cached.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::{AccountCode, AccountId, AccountName, SecretDigest, Tenant, TenantName, TokenGrant};

/// The lifetime of a cache entry. A revoked token stays valid for at most this long.
const LIFETIME: Duration = Duration::from_mins(1);

/// The most entries of a cache. A full cache is emptied before the next entry is added.
const CAPACITY: usize = 20_000;

/// The caches of a [`Store`](super::table::Store).
#[derive(Default)]
pub(super) struct Caches {
    pub(super) grants: Cache<(TenantName, SecretDigest), (Tenant, TokenGrant)>,
    pub(super) tenants: Cache<TenantName, Tenant>,
    pub(super) ids: Cache<(TenantName, AccountId), AccountId>,
    pub(super) codes: Cache<(TenantName, AccountCode), AccountId>,
    pub(super) names: Cache<(TenantName, AccountName), AccountId>,
}

/// A map whose entries expire after [`LIFETIME`].
pub(super) struct Cache<K, V>(Mutex<HashMap<K, (Instant, V)>>);

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|(added, _)| added.elapsed() < LIFETIME).map(|(_, value)| value.clone())
    }

    pub(super) fn insert(&self, key: K, value: V) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(key, (Instant::now(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_cache_is_emptied_instead_of_growing() {
        let cache = Cache::default();
        for key in 0..=CAPACITY {
            cache.insert(key, ());
        }
        assert_eq!(cache.get(&CAPACITY), Some(()));
        assert_eq!(cache.get(&0), None);
    }

    #[test]
    fn entry_expires_after_its_lifetime() {
        let cache = Cache::default();
        let a_minute_ago = Instant::now().checked_sub(LIFETIME).unwrap();
        cache.0.lock().unwrap().insert("key", (a_minute_ago, ()));
        assert_eq!(cache.get(&"key"), None);
    }
}
