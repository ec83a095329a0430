"""Says whether MiniStack has a gap: `python -m gaps NAME`, or `python -m gaps NAME filled` with its stand-in.

Prints `missing`, or `there` for AWS's behaviour. Each run needs a process of its own, because a stand-in can't be
taken out again.
"""

import os
import sys

from gaps import load

# MiniStack reads its settings on import. IAM is enforced, as it is where launch.py serves the stack.
os.environ.update(AUTH="true", MINISTACK_REGION="eu-central-1", LAMBDA_ASYNC_RETRY_BASE_SECONDS="0.1")

name, *filled = sys.argv[1:]
gap = load(name)
if filled:
    gap.fill()
print("missing" if gap.is_missing() else "there")
