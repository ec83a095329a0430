// The upsert in JavaScript with the AWS SDK 3, for `make bench` to measure beside the service's own function.
//
// It does the benchmark's share of the job on the same table, by the same design: the token, the account by
// its code, items named by `link_id`, the fields' rules, exact results under races. What the benchmark never
// asks for is left out: other triggers, other ways to name accounts and contacts, expiry of tokens.

import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";

const TABLE = process.env.CONTACTS_TABLE;
const KEYS_A_READ = 100;
const STATEMENTS_A_CALL = 25;
const CHUNKS_UNDER_WAY = 16;
const REMEMBERED_FOR = 60_000;
const FIELDS = ["account_id", "contact_name", "contact_mobile_num", "contact_type", "contact_email", "contact_desc"];
const ITEM_PARAMS = new Set(["link_id", ...FIELDS.slice(1)]);
const LENGTHS = { contact_name: 256, contact_mobile_num: 64, contact_email: 254, contact_desc: 2048 };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

const dynamodb = new DynamoDBClient({});

export async function handler(event, context) {
  const tenant = await tenantOf(event.headers.authorization ?? "");
  if (!tenant) return answer(401, { error: "Log In" });
  const body = JSON.parse(event.body);
  const account = await accountOf(tenant.name, body.account_code);
  const results = new Array(body.list_items.length);
  const contacts = new Map();
  body.list_items.forEach((item, position) => {
    const error = errorIn(item, tenant.contactTypes);
    if (error) {
      results[position] = failure(item, error);
      return;
    }
    const linkId = item.link_id.toLowerCase();
    if (!contacts.has(linkId)) contacts.set(linkId, new Contact(tenant.name, linkId));
    contacts.get(linkId).items.push({ position, item: { ...item, account_id: account } });
  });
  const chunks = inChunks([...contacts.values()], KEYS_A_READ).values();
  const seen = { new: false, there: false };
  const work = async () => {
    for (const chunk of chunks) {
      for (const { position, result } of await settle(chunk, context.awsRequestId, seen)) results[position] = result;
    }
  };
  await Promise.all(Array.from({ length: CHUNKS_UNDER_WAY }, work));
  return answer(200, { result: results });
}

/** The items that mean one contact, and where it stands. */
class Contact {
  items = [];

  constructor(tenant, linkId) {
    this.linkId = linkId;
    this.id = derivedId(tenant, Buffer.from(linkId.replaceAll("-", ""), "hex"));
    this.key = { pk: { S: `${tenant}#CONTACT#${(this.id % 16).toString(16)}` }, sk: { S: String(this.id) } };
  }

  /** What is to be stored, and each item's result; `stored` is the contact as it was read, if it was there. */
  apply(stored, operation) {
    const createdHere = stored?.created_by.S === operation;
    let fields = stored && !createdHere ? pick(stored) : undefined;
    const results = this.items.map(({ position, item }) => {
      if (!fields && !("contact_name" in item && "contact_mobile_num" in item)) {
        return { position, result: failure(item, "`contact_name` and `contact_mobile_num` are required") };
      }
      const state = fields ? "updated" : "created";
      fields = { ...(fields ?? { contact_type: { S: "main_contact" } }) };
      for (const name of FIELDS) {
        if (!(name in item)) continue;
        if (item[name] === null) delete fields[name];
        else fields[name] = name === "account_id" ? { N: String(item[name]) } : { S: item[name] };
      }
      return { position, result: this.success(fields, state) };
    });
    return { fields: createdHere ? undefined : fields, results };
  }

  success(fields, state) {
    const accountId = Number(fields.account_id.N);
    return { link_id: this.linkId, success: true, extended_info: state, contact_id: this.id, account_id: accountId };
  }
}

/**
 * Reads, applies and writes until every contact of a chunk is settled. Where all that was seen is new, a chunk is
 * written without being read at first.
 */
async function settle(contacts, operation, seen) {
  const settled = [];
  let unread = seen.new && !seen.there;
  for (let pause = 10; contacts.length > 0; ) {
    let items = [];
    if (!unread) {
      items = await read(contacts.map((contact) => contact.key));
      seen[items.some((item) => item.created_by?.S !== operation) ? "there" : "new"] = true;
    }
    const stored = new Map(items.map((item) => [item.sk.S, item]));
    const writes = [];
    const unsettled = [];
    for (const contact of contacts) {
      const before = stored.get(contact.key.sk.S);
      const { fields, results } = contact.apply(before, operation);
      const statement = fields && statementOf(contact, before, fields, operation);
      if (statement) writes.push({ statement, contact, results });
      else if (unread) unsettled.push(contact);
      else settled.push(...results);
    }
    const write = async (batch) => {
      const statements = batch.map(({ statement }) => statement);
      const { Responses } = await dynamodb.send(new BatchExecuteStatementCommand({ Statements: statements }));
      batch.forEach(({ contact, results }, at) => {
        if (Responses[at].Error) unsettled.push(contact);
        else settled.push(...results);
      });
    };
    await Promise.all(inChunks(writes, STATEMENTS_A_CALL).map(write));
    contacts = unsettled;
    if (contacts.length > 0 && !unread) {
      await sleep(pause);
      pause = Math.min(pause * 2, 1000);
    }
    unread = false;
  }
  return settled;
}

/** The conditional write that makes the contact what it is to be, or undefined if it is that already. */
function statementOf(contact, before, fields, operation) {
  const revision = { S: randomUUID().replaceAll("-", "") };
  if (!before) {
    const item = {
      ...contact.key,
      link_id: { S: contact.linkId },
      revision,
      created_by: { S: operation },
      ...fields,
    };
    const names = Object.keys(item).map((name) => `'${name}': ?`);
    return { Statement: `INSERT INTO "${TABLE}" VALUE {${names.join(", ")}}`, Parameters: Object.values(item) };
  }
  const changes = ['SET "revision" = ?'];
  const parameters = [revision];
  for (const name of FIELDS) {
    if (valueOf(fields[name]) === valueOf(before[name])) continue;
    if (fields[name]) {
      changes.push(`SET "${name}" = ?`);
      parameters.push(fields[name]);
    } else {
      changes.push(`REMOVE "${name}"`);
    }
  }
  if (changes.length === 1) return undefined;
  parameters.push(contact.key.pk, contact.key.sk, before.revision);
  const where = '"pk" = ? AND "sk" = ? AND "revision" = ?';
  return { Statement: `UPDATE "${TABLE}" ${changes.join(" ")} WHERE ${where}`, Parameters: parameters };
}

async function read(keys) {
  const items = [];
  for (let pause = 10; ; pause = Math.min(pause * 2, 1000)) {
    const wanted = { RequestItems: { [TABLE]: { Keys: keys, ConsistentRead: true } } };
    const { Responses, UnprocessedKeys } = await dynamodb.send(new BatchGetItemCommand(wanted));
    items.push(...(Responses?.[TABLE] ?? []));
    keys = UnprocessedKeys?.[TABLE]?.Keys ?? [];
    if (keys.length === 0) return items;
    await sleep(pause);
  }
}

/** What a look-up finds is good for a minute. */
function remembering(lookUp) {
  const remembered = new Map();
  return async (...names) => {
    const key = JSON.stringify(names);
    const known = remembered.get(key);
    if (known && known.until > Date.now()) return known.found;
    const found = await lookUp(...names);
    if (found !== undefined) remembered.set(key, { found, until: Date.now() + REMEMBERED_FOR });
    return found;
  };
}

const tenantOf = remembering(async (authorization) => {
  const [, name, secret] = /^bearer ([^.]+)\.(.+)$/i.exec(authorization) ?? [];
  if (!name) return undefined;
  const tokenKey = "TOKEN#" + sha256(secret).toString("hex");
  const items = await read(["TENANT", tokenKey].map((sortKey) => ({ pk: { S: name }, sk: { S: sortKey } })));
  const tenant = items.find((item) => item.sk.S === "TENANT");
  const token = items.find((item) => item.sk.S === tokenKey);
  if (!tenant || !token?.rights.L.some((right) => right.S === "upsert")) return undefined;
  return { name, contactTypes: new Set(tenant.contact_types.L.map((word) => word.S)) };
});

/** The account of this code, which is created if the tenant doesn't have it. */
const accountOf = remembering(async (tenant, code) => {
  const byCode = { pk: { S: `${tenant}#CODE#${(sha256(code)[0] % 16).toString(16)}` }, sk: { S: code } };
  for (;;) {
    const [found] = await read([byCode]);
    if (found) return Number(found.account_id.N);
    const account = derivedId(tenant, "CODE", code);
    const id = { account_id: { N: String(account) } };
    const key = { pk: { S: `${tenant}#ACCOUNT#${(account % 16).toString(16)}` }, sk: { S: String(account) } };
    const puts = [{ ...key, ...id, account_code: { S: code } }, { ...byCode, ...id }].map((Item) => ({
      Put: { TableName: TABLE, Item, ConditionExpression: "attribute_not_exists(pk)" },
    }));
    try {
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: puts }));
      return account;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
    }
  }
});

/** What is wrong with an item, if anything. */
function errorIn(item, contactTypes) {
  const unknown = Object.keys(item).find((name) => !ITEM_PARAMS.has(name));
  if (unknown) return `unknown param \`${unknown}\``;
  if (typeof item.link_id !== "string" || !UUID.test(item.link_id)) return "`link_id` must be a UUID";
  for (const [name, most] of Object.entries(LENGTHS)) {
    const value = item[name] ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== "string" || value.length > most || CONTROL_CHARACTER.test(value)) {
      return `\`${name}\` must be at most ${most} characters, and none of them a control character`;
    }
  }
  for (const name of ["contact_name", "contact_mobile_num"]) {
    if (!(name in item)) continue;
    item[name] = (item[name] ?? "").trim();
    if (item[name] === "") return `\`${name}\` must not be empty`;
  }
  if (item.contact_email && !/^[^@]+@[^@]+$/.test(item.contact_email)) {
    return "`contact_email` must have text on both sides of one `@`";
  }
  if ("contact_type" in item && !contactTypes.has(item.contact_type)) {
    return "`contact_type` must be a word of the dictionary";
  }
  return undefined;
}

function failure(item, error) {
  return { link_id: item.link_id ?? null, success: false, extended_info: "invalid_entity_data", error };
}

function answer(statusCode, body) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function pick(item) {
  return Object.fromEntries(FIELDS.filter((name) => name in item).map((name) => [name, item[name]]));
}

function valueOf(attribute) {
  return attribute?.S ?? attribute?.N;
}

function derivedId(...parts) {
  const joined = Buffer.concat(parts.flatMap((part) => [Buffer.from([0]), Buffer.from(part)]).slice(1));
  const id = sha256(joined).readBigUInt64BE() >> 11n;
  return Number(id || 1n);
}

function sha256(data) {
  return createHash("sha256").update(data).digest();
}

function inChunks(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
}
