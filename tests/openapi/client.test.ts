// The client that openapi-fetch makes of the types that openapi-typescript generates, on a running stack: it sends what its
// user said and no more, and every answer has its type.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import createClient from "openapi-fetch";

import type { components, paths } from "./contacts.js";

type Item = components["schemas"]["ContactItem"];
type Result = components["schemas"]["ItemResult"];
type Deletion = components["schemas"]["Delete"];

const url = variable("CONTACTS_URL");
const tenant = variable("CONTACTS_TENANT");
const account = "openapi-typescript";

function variable(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
}

/** A client, and the bodies that it sent. */
function recorder(token = variable("CONTACTS_TOKEN"), baseUrl = url) {
  const bodies: unknown[] = [];
  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  client.use({
    async onRequest({ request }) {
      bodies.push(await request.clone().json());
    },
  });
  return { client, bodies };
}

const { client, bodies } = recorder();

async function upsert(...list_items: Item[]): Promise<Result[]> {
  const { data, error } = await client.POST("/contacts", { body: { account_code: account, list_items } });
  assert(data, JSON.stringify(error));
  return data.result;
}

function deletion(...link_ids: string[]): Deletion {
  return { tenant, account_code: account, contacts: link_ids.map((link_id) => ({ link_id })) };
}

/** Deletes a contact, and returns it as it was stored. */
async function deleted(link_id: string) {
  const { data, error } = await client.POST("/contacts/delete", { body: deletion(link_id) });
  assert(data, JSON.stringify(error));
  const [contact] = data.DeleteAccountContacts.response.deleted_contacts;
  assert(contact);
  return contact;
}

test("update sends one field and keeps the others", async () => {
  const link_id = randomUUID();
  const [created] = await upsert({ link_id, contact_name: "Ann", contact_mobile_num: "067_1", contact_type: "tech_spec" });
  assert.equal(created?.extended_info, "created");

  const items = [{ link_id, contact_email: "ann@example.com" }];
  const { data } = await client.POST("/contacts", { body: { list_items: items } });

  assert.deepEqual(bodies.at(-1), { list_items: items });
  const [result] = data?.result ?? [];
  assert(result?.success && result.changed);
  const contact = await deleted(link_id);
  assert.deepEqual([contact.contact_type, contact.contact_email], ["tech_spec", "ann@example.com"]);
});

test("null is sent and clears a field", async () => {
  const link_id = randomUUID();
  await upsert({ link_id, contact_name: "Ann", contact_mobile_num: 671, contact_desc: "old" });
  await upsert({ link_id, contact_desc: null });
  assert.deepEqual(bodies.at(-1), { account_code: account, list_items: [{ link_id, contact_desc: null }] });
  assert.equal((await deleted(link_id)).contact_desc, null);
});

test("delete sends only what was given", async () => {
  const link_id = randomUUID();
  await upsert({ link_id, contact_name: "Ann", contact_mobile_num: "067_1" });
  const { data } = await client.DELETE("/contacts", { body: deletion(link_id) });
  assert.equal(data?.processing_result.code, 0);
  assert.deepEqual(bodies.at(-1), { tenant, account_code: account, contacts: [{ link_id }] });
});

test("success tells applied from rejected items", async () => {
  const results = await upsert(
    { contact_name: "Bob", contact_mobile_num: "067_2", contact_email: "bob" },
    { contact_id: "9007199254740991", contact_name: "Bob" },
  );
  const described = results.map((item) => (item.success ? item.contact_id : `${item.code} ${item.param}`));
  assert.deepEqual(described, ["invalid_value contact_email", "not_found contact_id"]);
});

test("validate_only writes nothing", async () => {
  const item = { link_id: randomUUID(), contact_name: "Ann", contact_mobile_num: "067_1" };
  const body = { account_code: account, list_items: [item], validate_only: true };
  for (let time = 0; time < 2; time++) {
    const { data } = await client.POST("/contacts", { body });
    assert.equal(data?.result[0]?.extended_info, "created");
  }
});

test("request with its key gets its answer again", async () => {
  const link_id = randomUUID();
  const params = { header: { "Idempotency-Key": randomUUID() } };
  const item = { link_id, contact_name: "Ann", contact_mobile_num: "067_1" };
  const send = (contact: Item) =>
    client.POST("/contacts", { params, body: { account_code: account, list_items: [contact] } });
  const first = await send(item);
  assert.equal(first.data?.result[0]?.extended_info, "created");
  assert.deepEqual((await send(item)).data, first.data);
  const other = await send({ link_id, contact_name: "Bob" });
  assert.equal(other.response.status, 422);

  const options = { params, body: deletion(link_id) };
  const answer = (await client.POST("/contacts/delete", options)).data;
  assert.equal(answer?.processing_result.text, "success");
  assert.deepEqual((await client.POST("/contacts/delete", options)).data, answer);
});

test("refused upsert is an error of its status", async () => {
  const refused = async ({ client }: ReturnType<typeof recorder>, key = "key") => {
    const params = { header: { "Idempotency-Key": key } };
    const { error, response } = await client.POST("/contacts", { params, body: { list_items: [] } });
    assert(error && "error" in error);
    return `${response.status} ${error.error}`;
  };
  assert.equal(await refused(recorder()), "400 Wrong JSON body: value `list_items` must hold 1 to 10000 items");
  assert.match(await refused(recorder(), "no key"), /^400 the header `Idempotency-Key` must be/);
  assert.equal(await refused(recorder("zegoal.unknown")), "401 Log In");
  assert.match(await refused(recorder(undefined, `${url}/v1`)), /^404 no such route/);
});

test("refused delete has the shape of its code", async () => {
  const link_id = randomUUID();
  await upsert({ link_id, contact_name: "Ann", contact_mobile_num: "067_1" });
  const seen: string[] = [];
  for (const body of [
    { ...deletion(link_id), account_code: "unknown" },
    deletion(),
    deletion(link_id, link_id),
    deletion(randomUUID()),
    deletion(link_id, randomUUID()),
  ]) {
    const { error, response } = await client.POST("/contacts/delete", { body });
    assert(error && "processing_result" in error);
    const result = error.processing_result;
    seen.push(`${response.status} ${result.code}`);
    if (result.code === 1) {
      // The code tells the compiler that there are details.
      assert.equal(result.details[0]?.code, "not_found");
    }
  }
  assert.deepEqual(seen, ["400 1", "400 2", "400 3", "404 4", "404 5"]);
});

test("missing right and unknown method are errors", async () => {
  const body = deletion(randomUUID());
  const { error, response } = await recorder(variable("CONTACTS_UPSERT_TOKEN")).client.DELETE("/contacts", { body });
  assert.deepEqual([response.status, error], [403, { error: "the token lacks the right `delete`" }]);

  const elsewhere = recorder();
  elsewhere.client.use({
    onRequest: ({ request }) => new Request(`${url}/contacts/delete`, request),
  });
  const wrong = await elsewhere.client.DELETE("/contacts", { body });
  assert.deepEqual([wrong.response.status, wrong.response.headers.get("allow")], [405, "POST"]);
});

test("document demands no more than the service and no less", () => {
  const minimal: components["schemas"]["Upsert"] = { list_items: [{ contact_id: 1 }] };
  // @ts-expect-error: a delete needs an account.
  const unowned: Deletion = { tenant, contacts: [{ contact_id: 1 }] };
  // @ts-expect-error: a contact of a delete needs an id.
  const unnamed: Deletion = { tenant, account_id: 3, contacts: [{}] };
  // @ts-expect-error: a misspelt field.
  const misspelt: Item = { contact_nam: "Ann" };
  // @ts-expect-error: only an applied item has a contact_id.
  const unchecked = (result: Result) => result.contact_id;
  assert(minimal && unowned && unnamed && misspelt && unchecked);
});
