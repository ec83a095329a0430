"""Prints whether MiniStack has a feature: `python -m gaps NAME`, or `python -m gaps NAME filled` with the stand-in.

Prints `missing`, or `present` if MiniStack behaves like AWS. Each check runs in a process of its own, because a stand-in
can't be removed.
"""

import os
import sys

from gaps import load

# MiniStack reads its settings on import. IAM is enforced, as by launch.py.
os.environ.update(AUTH="true", MINISTACK_REGION="eu-central-1", LAMBDA_ASYNC_RETRY_BASE_SECONDS="0.1")

name, *filled = sys.argv[1:]
gap = load(name)
if filled:
    gap.fill()
print("missing" if gap.is_missing() else "present")
