"""Stream records of PartiQL's INSERT and UPDATE.

AWS writes a stream record for every change of an item, by any operation:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html

MiniStack writes none for PartiQL. With the stand-in, INSERT and UPDATE write the same records as PutItem and UpdateItem.
It does not cover DELETE and ExecuteTransaction, whose statements may be rolled back: the service uses neither.
"""

import copy

from ministack.services import dynamodb

from in_process import client, deploy, table


def fill():
    insert, update = dynamodb._partiql_insert, dynamodb._partiql_update

    def insert_with_record(target, parsed):
        answer = insert(target, parsed)
        if answer[0] == 200:
            item = parsed["item"]
            item = item["M"] if set(item) == {"M"} else item
            dynamodb._emit_stream_event(target["TableName"], "INSERT", None, copy.deepcopy(item))
        return answer

    def update_with_record(target, parsed, data=None):
        partition, sort, _, error = dynamodb._partiql_key_target(target, parsed)
        old = None if error else copy.deepcopy(target["items"].get(partition, {}).get(sort))
        answer = update(target, parsed, data)
        if answer[0] == 200:
            new = copy.deepcopy(target["items"][partition][sort])
            dynamodb._emit_stream_event(target["TableName"], "MODIFY", old, new)
        return answer

    dynamodb._partiql_insert, dynamodb._partiql_update = insert_with_record, update_with_record


def is_missing():
    stream = deploy(
        {"Table": table(TableName="probe", StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"})},
        {"Stream": {"Fn::GetAtt": ["Table", "StreamArn"]}},
    )["Stream"]
    client("dynamodb").batch_execute_statement(
        Statements=[
            {"Statement": """INSERT INTO "probe" VALUE {'pk': 'a', 'n': 1}"""},
            {"Statement": """UPDATE "probe" SET n = 2 WHERE pk = 'a' AND n = 1"""},
            # Neither changes anything: the item exists already, and the condition fails.
            {"Statement": """INSERT INTO "probe" VALUE {'pk': 'a', 'n': 3}"""},
            {"Statement": """UPDATE "probe" SET n = 3 WHERE pk = 'a' AND n = 1"""},
        ]
    )
    one, two = ({"pk": {"S": "a"}, "n": {"N": n}} for n in ("1", "2"))
    return _records(stream) != [("INSERT", None, one), ("MODIFY", one, two)]


def _records(stream):
    streams = client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    start = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
    changes = [(record["eventName"], record["dynamodb"]) for record in records]
    return [(name, change.get("OldImage"), change.get("NewImage")) for name, change in changes]
