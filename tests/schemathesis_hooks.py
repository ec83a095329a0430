"""What schemathesis must not send.

Bytes that are not UTF-8 under a JSON content type never reach a function on the local stack: `cargo lambda
watch` answers them by itself, with a 500. service/bodies.rs sends such bytes the way API Gateway does.
"""

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    body = case.body
    if isinstance(body, bytes):
        try:
            body.decode()
        except UnicodeDecodeError:
            return False
    return True
