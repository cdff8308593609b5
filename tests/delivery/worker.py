"""A worker process without a task engine: `python worker.py CAMPAIGN` works until nobody waits; prints how many ranges it had.

It prints "ready" first and begins when it is given a line, so that several begin together however long each took to start.
"""

from __future__ import annotations

import sys
import time

import django

if __name__ == "__main__":
    django.setup()

    from masthead.delivery.ledger import ranges
    from masthead.delivery.models import Range
    from masthead.delivery.sender import working

    campaign, worked = int(sys.argv[1]), 0
    print("ready", flush=True)
    sys.stdin.readline()
    while Range.objects.filter(campaign=campaign, done=False).exists():
        for range_id in ranges.without_worker(campaign)[:1]:
            before = Range.objects.get(pk=range_id).token
            working.work(range_id=range_id)
            worked += Range.objects.get(pk=range_id).token > before
        time.sleep(0.05)
    print(worked)
