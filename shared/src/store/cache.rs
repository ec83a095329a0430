//! The caches of a warm function: tokens with their tenants, tenants, and the account of each code, name and id. An entry
//! lives for one minute. That something doesn't exist is never cached.
//!
//! Lambda freezes an execution environment between two invocations, and the monotonic clock may not advance during that time. So an
//! entry has expired if either the monotonic or the system's clock says so, or if the system's clock was set back.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
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
pub(super) struct Cache<K, V>(Mutex<HashMap<K, (Moment, V)>>);

/// A moment by both clocks.
#[derive(Clone, Copy)]
struct Moment {
    monotonic: Instant,
    system: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Self { monotonic: Instant::now(), system: SystemTime::now() }
    }

    fn is_less_than_a_lifetime_ago(self) -> bool {
        self.monotonic.elapsed() < LIFETIME && self.system.elapsed().is_ok_and(|elapsed| elapsed < LIFETIME)
    }
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(key).filter(|(added, _)| added.is_less_than_a_lifetime_ago());
        entry.map(|(_, value)| value.clone())
    }

    pub(super) fn insert(&self, key: K, value: V) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(key, (Moment::now(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_cache_is_emptied_instead_of_growing() {
        let cache = Cache::default();
        for key in 0..CAPACITY {
            cache.insert(key, ());
        }
        assert_eq!(cache.get(&0), Some(()));
        cache.insert(CAPACITY, ());
        assert_eq!(cache.get(&CAPACITY), Some(()));
        assert_eq!(cache.get(&0), None);
    }

    #[test]
    fn entry_expires_when_either_clock_says_so() {
        let now = Moment::now();
        let monotonic = now.monotonic.checked_sub(LIFETIME).unwrap();
        let system = now.system.checked_sub(LIFETIME).unwrap();
        let set_back = now.system.checked_add(LIFETIME).unwrap();
        for (added, expected) in [
            (now, Some(())),
            (Moment { monotonic, ..now }, None),
            // The execution environment was frozen for a minute.
            (Moment { system, ..now }, None),
            (Moment { system: set_back, ..now }, None),
        ] {
            let cache = Cache::default();
            cache.0.lock().unwrap().insert("key", (added, ()));
            assert_eq!(cache.get(&"key"), expected);
        }
    }
}
