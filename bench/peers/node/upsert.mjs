// The upsert in JavaScript with the AWS SDK 3: a baseline of `make bench` for the service's own function.
//
// It has the same design and the same table, and does what the benchmark's requests need: it authenticates the
// token, looks up the account by its code, validates the fields of items named by `link_id`, and returns exact
// results under races. It leaves out what no request of the benchmark needs: other triggers, other keys of
// accounts and contacts, expiry of tokens.

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
const MAX_KEYS_PER_REQUEST = 100;
const MAX_STATEMENTS_PER_REQUEST = 25;
const MAX_CONCURRENT_CHUNKS = 16;
const CACHE_MS = 60_000;
const FIELDS = ["account_id", "contact_name", "contact_mobile_num", "contact_type", "contact_email", "contact_desc"];
const ITEM_PARAMS = new Set(["link_id", ...FIELDS.slice(1)]);
const LENGTHS = { contact_name: 256, contact_mobile_num: 64, contact_email: 254, contact_desc: 2048 };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

const dynamodb = new DynamoDBClient({});

export async function handler(event, context) {
  const tenant = await authenticate(event.headers.authorization ?? "");
  if (!tenant) return answer(401, { error: "Log In" });
  const body = JSON.parse(event.body);
  const account = await findOrCreateAccount(tenant.name, body.account_code);
  const results = new Array(body.list_items.length);
  const contacts = new Map();
  body.list_items.forEach((item, position) => {
    const error = validate(item, tenant.contactTypes);
    if (error) {
      results[position] = failure(item, error);
      return;
    }
    const linkId = item.link_id.toLowerCase();
    if (!contacts.has(linkId)) contacts.set(linkId, new Contact(tenant.name, linkId));
    contacts.get(linkId).items.push({ position, item: { ...item, account_id: account } });
  });
  const chunks = inChunks([...contacts.values()], MAX_KEYS_PER_REQUEST).values();
  const heuristic = { sawNew: false, sawExisting: false };
  const worker = async () => {
    for (const chunk of chunks) {
      const done = await writeChunk(chunk, context.awsRequestId, heuristic);
      for (const { position, result } of done) results[position] = result;
    }
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT_CHUNKS }, worker));
  return answer(200, { result: results });
}

/** A contact: its items, its id and its key. */
class Contact {
  items = [];

  constructor(tenant, linkId) {
    this.linkId = linkId;
    this.id = derivedId(tenant, Buffer.from(linkId.replaceAll("-", ""), "hex"));
    this.key = { pk: { S: `${tenant}#CONTACT#${(this.id % 16).toString(16)}` }, sk: { S: String(this.id) } };
  }

  /** Returns the fields to store, and each item's result. `stored` is the contact as it was read, if it exists. */
  apply(stored, operation) {
    const createdHere = stored?.created_by.S === operation;
    let fields = stored && !createdHere ? contactFields(stored) : undefined;
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
 * Reads, applies and writes until every contact of a chunk has its results. If every contact of the chunks so far
 * was new, the first round skips the read.
 */
async function writeChunk(contacts, operation, heuristic) {
  const done = [];
  let skipRead = heuristic.sawNew && !heuristic.sawExisting;
  for (let pause = 10; contacts.length > 0; ) {
    let items = [];
    if (!skipRead) {
      items = await read(contacts.map((contact) => contact.key));
      heuristic[items.some((item) => item.created_by?.S !== operation) ? "sawExisting" : "sawNew"] = true;
    }
    const stored = new Map(items.map((item) => [item.sk.S, item]));
    const writes = [];
    const remaining = [];
    for (const contact of contacts) {
      const before = stored.get(contact.key.sk.S);
      const { fields, results } = contact.apply(before, operation);
      const statement = fields && statementOf(contact, before, fields, operation);
      if (statement) writes.push({ statement, contact, results });
      else if (skipRead) remaining.push(contact);
      else done.push(...results);
    }
    const write = async (batch) => {
      const statements = batch.map(({ statement }) => statement);
      const { Responses } = await dynamodb.send(new BatchExecuteStatementCommand({ Statements: statements }));
      batch.forEach(({ contact, results }, at) => {
        if (Responses[at].Error) remaining.push(contact);
        else done.push(...results);
      });
    };
    await Promise.all(inChunks(writes, MAX_STATEMENTS_PER_REQUEST).map(write));
    contacts = remaining;
    if (contacts.length > 0 && !skipRead) {
      await sleep(pause);
      pause = Math.min(pause * 2, 1000);
    }
    skipRead = false;
  }
  return done;
}

/** Returns the conditional write of a contact, or undefined if it has these fields already. */
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

/** Caches the results of a look-up for a minute. */
function cached(lookUp) {
  const cache = new Map();
  return async (...names) => {
    const key = JSON.stringify(names);
    const known = cache.get(key);
    if (known && known.until > Date.now()) return known.found;
    const found = await lookUp(...names);
    if (found !== undefined) cache.set(key, { found, until: Date.now() + CACHE_MS });
    return found;
  };
}

const authenticate = cached(async (authorization) => {
  const [, name, secret] = /^bearer ([^.]+)\.(.+)$/i.exec(authorization) ?? [];
  if (!name) return undefined;
  const tokenKey = "TOKEN#" + sha256(secret).toString("hex");
  const items = await read(["TENANT", tokenKey].map((sortKey) => ({ pk: { S: name }, sk: { S: sortKey } })));
  const tenant = items.find((item) => item.sk.S === "TENANT");
  const token = items.find((item) => item.sk.S === tokenKey);
  if (!tenant || !token?.rights.L.some((right) => right.S === "upsert")) return undefined;
  return { name, contactTypes: new Set(tenant.contact_types.L.map((word) => word.S)) };
});

/** Returns the id of the account with this code. Creates the account if the tenant lacks it. */
const findOrCreateAccount = cached(async (tenant, code) => {
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

/** Returns the error of an invalid item. */
function validate(item, contactTypes) {
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

function contactFields(item) {
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
