//! Tenants and tokens, lists, and the deletion of a tenant, on a real DynamoDB.

use futures_util::TryStreamExt;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    domain::{
        AccountId, BodyDigest, ContactTypes, IdempotencyKey, Right, Secret, Tenant, TenantName, TimeZone,
        Token, TokenGrant,
    },
    test_support::{TestStore, by_code_and_name, context, new_contact, tenant},
    upsert::{Section, upsert_sections},
};

/// A store with nothing in its caches.
fn cold(test: &TestStore) -> Store {
    Store::new(test.store.client().clone(), test.table.name())
}

fn grant(rights: &[Right], expires_at: Option<Timestamp>) -> TokenGrant {
    TokenGrant { rights: rights.to_vec(), label: "CRM".to_owned(), expires_at }
}

async fn issue(store: &Store, grant: &TokenGrant) -> Secret {
    let secret = Secret::random();
    let stored = store.put_token(&tenant().name, &secret.digest(), grant).await.unwrap();
    assert_eq!(stored, WriteOutcome::Applied);
    secret
}

async fn authenticate(store: &Store, secret: &Secret) -> Option<(Tenant, TokenGrant)> {
    let token = Token::parse(&secret.token_of(&tenant().name)).unwrap();
    store.authenticate(&context(), token).await.unwrap()
}

#[tokio::test]
async fn token_is_valid_until_it_is_revoked_or_expires() {
    let test = TestStore::start().await;
    assert_eq!(test.store.add_tenant(&tenant()).await, Ok(WriteOutcome::Applied));
    let soon = Timestamp::now() + SignedDuration::from_mins(1);
    let secret = issue(&test.store, &grant(&[Right::Upsert], Some(soon))).await;
    for store in [&test.store, &test.store, &cold(&test)] {
        let (found, granted) = authenticate(store, &secret).await.unwrap();
        assert_eq!((found, granted.rights, &*granted.label), (tenant(), vec![Right::Upsert], "CRM"));
        assert_eq!(granted.expires_at.map(Timestamp::as_second), Some(soon.as_second()));
    }
    assert!(authenticate(&test.store, &Secret::random()).await.is_none());
    let past = Timestamp::now() - SignedDuration::from_mins(1);
    let expired = issue(&test.store, &grant(&[Right::Delete], Some(past))).await;
    assert!(authenticate(&test.store, &expired).await.is_none());
    assert_eq!(test.store.tokens(&tenant().name).await.unwrap().len(), 2);

    test.store.revoke_token(&tenant().name, &secret.digest()).await.unwrap();
    assert!(authenticate(&test.store, &secret).await.is_some(), "cached for a minute");
    assert!(authenticate(&cold(&test), &secret).await.is_none());
    let left = test.store.tokens(&tenant().name).await.unwrap();
    assert!(left.len() == 1 && left[0].0 == expired.digest());
}

#[tokio::test]
async fn tenant_is_added_once_and_changed_in_part() {
    let test = TestStore::start().await;
    let name = tenant().name;
    assert_eq!(test.store.tenant(&context(), &name).await, Ok(None));
    let zone = TimeZone::parse("Asia/Tokyo").unwrap();
    let unknown = test.store.change_tenant(&name, Some(&zone), None).await;
    assert_eq!(unknown, Ok(WriteOutcome::ConditionFailed));
    assert_eq!(test.store.add_tenant(&tenant()).await, Ok(WriteOutcome::Applied));
    assert_eq!(test.store.add_tenant(&tenant()).await, Ok(WriteOutcome::ConditionFailed));
    assert_eq!(test.store.tenant(&context(), &name).await, Ok(Some(tenant())));
    let changed = test.store.change_tenant(&name, Some(&zone), None).await;
    assert_eq!(changed, Ok(WriteOutcome::Applied));
    let contact_types = ContactTypes::parse(&["main_contact".to_owned(), "boss".to_owned()]).unwrap();
    let changed = test.store.change_tenant(&name, None, Some(&contact_types)).await;
    assert_eq!(changed, Ok(WriteOutcome::Applied));
    let expected = Tenant { time_zone: zone, contact_types, name: name.clone() };
    assert_eq!(cold(&test).tenant(&context(), &name).await, Ok(Some(expected.clone())));
    assert_eq!(test.store.tenants().await, Ok(vec![ListedTenant::Active(expected)]));
    test.store.put_tenant(&tenant()).await.unwrap();
    assert_eq!(test.store.listed_tenant(&name).await, Ok(Some(ListedTenant::Active(tenant()))));
    let other = TenantName::parse("another").unwrap();
    assert_eq!(test.store.listed_tenant(&other).await, Ok(None));
}

#[tokio::test]
async fn nothing_of_a_deleted_tenant_is_left() {
    let test = TestStore::start().await;
    let name = tenant().name;
    for tenant in [tenant(), Tenant { name: TenantName::parse("zegoal-2").unwrap(), ..tenant() }] {
        assert_eq!(test.store.add_tenant(&tenant).await, Ok(WriteOutcome::Applied));
    }
    issue(&test.store, &grant(&[Right::Upsert], None)).await;
    let items: Vec<_> = (0..60).map(|number| new_contact(number, by_code_and_name("A", "Acme"))).collect();
    let key = KeyBinding { key: IdempotencyKey::of_message("m"), body: BodyDigest::of(b"") };
    let sections = [Section { end: 60, key: Some(key) }];
    upsert_sections(&test.store, &tenant(), &context(), &items, &sections).await.unwrap();
    let accounts: Vec<_> = test.store.all_accounts(&name).try_concat().await.unwrap();
    assert_eq!(accounts.len(), 1);
    let reading = context();
    let all: Vec<_> = test.store.all_contacts(&reading, &name, None).try_concat().await.unwrap();
    assert!(reading.usage().read_units >= 1.0, "{:?}", reading.usage());
    let of_account: Vec<_> =
        test.store.all_contacts(&context(), &name, Some(accounts[0].id)).try_concat().await.unwrap();
    let of_none = AccountId::parse("1").unwrap();
    let of_none: Vec<_> =
        test.store.all_contacts(&context(), &name, Some(of_none)).try_concat().await.unwrap();
    assert_eq!((all.len(), of_account.len(), of_none.len()), (60, 60, 0));

    assert_eq!(test.store.remove_tokens(&name).await, Ok(1));
    test.store.retire_tenant(&name).await.unwrap();
    let retired = ListedTenant::BeingDeleted(name.clone());
    assert_eq!(test.store.listed_tenant(&name).await, Ok(Some(retired)));
    let removed: usize =
        test.store.remove_data(&name).try_fold(0, async |sum, count| Ok(sum + count)).await.unwrap();
    // Contacts, an account with its code and its name, and the record of a key.
    assert_eq!(removed, 60 + 3 + 1);
    test.store.forget_tenant(&name).await.unwrap();

    let items = test.store.client().scan().table_name(test.table.name()).send().await.unwrap().items.unwrap();
    assert_eq!(items.len(), 2, "the other tenant and its entry: {items:?}");
}
