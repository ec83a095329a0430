"""The upsert in Python with boto3: a baseline of `make bench` for the service's own function.

It has the same design and the same table, and does what the benchmark's requests need: it authenticates the
token, looks up the account by its code, validates the fields of items named by `link_id`, and returns exact
results under races. It leaves out what no request of the benchmark needs: other triggers, other keys of
accounts and contacts, expiry of tokens.
"""

import hashlib
import json
import os
import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

TABLE = os.environ["CONTACTS_TABLE"]
MAX_KEYS_PER_REQUEST = 100
MAX_STATEMENTS_PER_REQUEST = 25
CACHE_SECONDS = 60
FIELDS = ("account_id", "contact_name", "contact_mobile_num", "contact_type", "contact_email", "contact_desc")
ITEM_PARAMS = {"link_id", *FIELDS[1:]}
LENGTHS = {"contact_name": 256, "contact_mobile_num": 64, "contact_email": 254, "contact_desc": 2048}
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# The low-level client without validation of parameters: the resource layer takes twice the time, and the
# validation as much again.
dynamodb = boto3.client("dynamodb", config=Config(max_pool_connections=32, parameter_validation=False))
chunk_threads = ThreadPoolExecutor(16)
write_threads = ThreadPoolExecutor(32)
cache = {}


def handler(event, context):
    tenant = authenticate(event["headers"].get("authorization", ""))
    if tenant is None:
        return answer(401, {"error": "Log In"})
    body = json.loads(event["body"])
    account = find_or_create_account(tenant["name"], body["account_code"])
    results = [None] * len(body["list_items"])
    groups = {}
    for position, item in enumerate(body["list_items"]):
        error = validate(item, tenant["contact_types"])
        if error:
            results[position] = failure(item, error)
        else:
            link_id = str(uuid.UUID(item["link_id"]))
            groups.setdefault(link_id, []).append((position, {**item, "account_id": account}))
    contacts = [Contact(tenant["name"], link_id, items) for link_id, items in groups.items()]
    chunks = [contacts[at : at + MAX_KEYS_PER_REQUEST] for at in range(0, len(contacts), MAX_KEYS_PER_REQUEST)]
    # A single chunk is written on this thread.
    each = map if len(chunks) == 1 else chunk_threads.map
    heuristic = {"saw_new": False, "saw_existing": False}
    for chunk in each(lambda chunk: write_chunk(chunk, context.aws_request_id, heuristic), chunks):
        for position, result in chunk:
            results[position] = result
    return answer(200, {"result": results})


class Contact:
    """A contact: its items, its id and its key."""

    def __init__(self, tenant, link_id, items):
        digest = hashlib.sha256(tenant.encode() + b"\0" + uuid.UUID(link_id).bytes).digest()
        self.id = max(int.from_bytes(digest[:8], "big") >> 11, 1)
        self.link_id = link_id
        self.items = items
        self.key = {"pk": {"S": f"{tenant}#CONTACT#{self.id % 16:x}"}, "sk": {"S": str(self.id)}}

    def apply(self, stored, operation):
        """Return the fields to store, and each item's result. `stored` is the contact as read, if it exists."""
        created_here = stored is not None and stored["created_by"]["S"] == operation
        fields = {name: stored[name] for name in FIELDS if name in stored} if stored and not created_here else None
        results = []
        for position, item in self.items:
            if fields is None and not ("contact_name" in item and "contact_mobile_num" in item):
                results.append((position, failure(item, "`contact_name` and `contact_mobile_num` are required")))
                continue
            state = "created" if fields is None else "updated"
            fields = dict(fields or {"contact_type": {"S": "main_contact"}})
            for name in FIELDS:
                if name in item:
                    if item[name] is None:
                        fields.pop(name, None)
                    else:
                        fields[name] = {"N": str(item[name])} if name == "account_id" else {"S": item[name]}
            results.append((position, self.success(fields, state)))
        return (None if created_here else fields), results

    def success(self, fields, state):
        return {
            "link_id": self.link_id,
            "success": True,
            "extended_info": state,
            "contact_id": self.id,
            "account_id": int(fields["account_id"]["N"]),
        }


def write_chunk(contacts, operation, heuristic):
    """Read, apply and write until every contact of a chunk has its results.

    If every contact of the chunks so far was new, the first round skips the read.
    """
    done, pause = [], 0.01
    skip_read = heuristic["saw_new"] and not heuristic["saw_existing"]
    while contacts:
        stored = {}
        if not skip_read:
            stored = {item["sk"]["S"]: item for item in read([contact.key for contact in contacts])}
            others = any(item.get("created_by", {}).get("S") != operation for item in stored.values())
            heuristic["saw_existing" if others else "saw_new"] = True
        writes, remaining = [], []
        for contact in contacts:
            before = stored.get(str(contact.id))
            fields, results = contact.apply(before, operation)
            statement = fields and statement_of(contact, before, fields, operation)
            if statement:
                writes.append((statement, contact, results))
            elif skip_read:
                remaining.append(contact)
            else:
                done += results
        starts = range(0, len(writes), MAX_STATEMENTS_PER_REQUEST)
        batches = [writes[at : at + MAX_STATEMENTS_PER_REQUEST] for at in starts]
        # A single batch is written on this thread too.
        each = map if len(batches) == 1 else write_threads.map
        for batch, responses in zip(batches, each(execute, batches)):
            for (_, contact, results), response in zip(batch, responses):
                if "Error" not in response:
                    done += results
                else:
                    remaining.append(contact)
        contacts = remaining
        if contacts and not skip_read:
            time.sleep(pause)
            pause = min(pause * 2, 1)
        skip_read = False
    return done


def execute(batch):
    statements = [statement for statement, _, _ in batch]
    return dynamodb.batch_execute_statement(Statements=statements)["Responses"]


def statement_of(contact, before, fields, operation):
    """Return the conditional write of a contact, or None if it has these fields already."""
    if before is None:
        item = {
            **contact.key,
            "link_id": {"S": contact.link_id},
            "revision": {"S": uuid.uuid4().hex},
            "created_by": {"S": operation},
            **fields,
        }
        names = ", ".join(f"'{name}': ?" for name in item)
        return {"Statement": f'INSERT INTO "{TABLE}" VALUE {{{names}}}', "Parameters": list(item.values())}
    changes, parameters = ['SET "revision" = ?'], [{"S": uuid.uuid4().hex}]
    for name in FIELDS:
        if fields.get(name) == before.get(name):
            continue
        if name in fields:
            changes.append(f'SET "{name}" = ?')
            parameters.append(fields[name])
        else:
            changes.append(f'REMOVE "{name}"')
    if len(changes) == 1:
        return None
    where = '"pk" = ? AND "sk" = ? AND "revision" = ?'
    parameters += [*contact.key.values(), before["revision"]]
    return {"Statement": f'UPDATE "{TABLE}" {" ".join(changes)} WHERE {where}', "Parameters": parameters}


def read(keys):
    items, pause = [], 0.01
    while keys:
        found = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
        items += found["Responses"].get(TABLE, [])
        keys = found.get("UnprocessedKeys", {}).get(TABLE, {}).get("Keys")
        if keys:
            time.sleep(pause)
            pause = min(pause * 2, 1)
    return items


def cached(look_up):
    """Cache the results of a look-up for a minute."""

    def cached_look_up(*arguments):
        key = (look_up, arguments)
        found, until = cache.get(key, (None, 0))
        if until < time.monotonic():
            found = look_up(*arguments)
            if found is not None:
                cache[key] = (found, time.monotonic() + CACHE_SECONDS)
        return found

    return cached_look_up


@cached
def authenticate(authorization):
    scheme, _, token = authorization.partition(" ")
    name, _, secret = token.partition(".")
    if scheme.lower() != "bearer" or not name or not secret:
        return None
    token_key = "TOKEN#" + hashlib.sha256(secret.encode()).hexdigest()
    items = read([{"pk": {"S": name}, "sk": {"S": sort_key}} for sort_key in ("TENANT", token_key)])
    by_key = {item["sk"]["S"]: item for item in items}
    if "TENANT" not in by_key or token_key not in by_key:
        return None
    if {"S": "upsert"} not in by_key[token_key]["rights"]["L"]:
        return None
    words = {word["S"] for word in by_key["TENANT"]["contact_types"]["L"]}
    return {"name": name, "contact_types": words}


@cached
def find_or_create_account(tenant, code):
    """Return the id of the account with this code. Create the account if the tenant lacks it."""
    bucket = hashlib.sha256(code.encode()).digest()[0] % 16
    by_code = {"pk": {"S": f"{tenant}#CODE#{bucket:x}"}, "sk": {"S": code}}
    while True:
        found = read([by_code])
        if found:
            return int(found[0]["account_id"]["N"])
        digest = hashlib.sha256(tenant.encode() + b"\0CODE\0" + code.encode()).digest()
        account = max(int.from_bytes(digest[:8], "big") >> 11, 1)
        account_id = {"account_id": {"N": str(account)}}
        key = {"pk": {"S": f"{tenant}#ACCOUNT#{account % 16:x}"}, "sk": {"S": str(account)}}
        items = [{**key, **account_id, "account_code": {"S": code}}, {**by_code, **account_id}]
        condition = "attribute_not_exists(pk)"
        puts = [{"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": condition}} for item in items]
        try:
            dynamodb.transact_write_items(TransactItems=puts)
            return account
        except dynamodb.exceptions.TransactionCanceledException:
            continue


def validate(item, contact_types):
    """Return the error of an invalid item."""
    unknown = item.keys() - ITEM_PARAMS
    if unknown:
        return f"unknown param `{min(unknown)}`"
    try:
        uuid.UUID(item["link_id"])
    except (KeyError, TypeError, ValueError):
        return "`link_id` must be a UUID"
    for name, most in LENGTHS.items():
        value = item.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > most or CONTROL_CHARACTER.search(value):
            return f"`{name}` must be at most {most} characters, and none of them a control character"
    for name in ("contact_name", "contact_mobile_num"):
        if name in item:
            item[name] = (item[name] or "").strip()
            if not item[name]:
                return f"`{name}` must not be empty"
    if item.get("contact_email") is not None and not re.fullmatch(r"[^@]+@[^@]+", item["contact_email"]):
        return "`contact_email` must have text on both sides of one `@`"
    if "contact_type" in item and item["contact_type"] not in contact_types:
        return "`contact_type` must be a word of the dictionary"
    return None


def failure(item, error):
    return {"link_id": item.get("link_id"), "success": False, "extended_info": "invalid_entity_data", "error": error}


def answer(status, body):
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body, separators=(",", ":"))}
