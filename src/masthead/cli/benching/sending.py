"""`python -m masthead.cli.benching.sending CAMPAIGN SHOW`: the process that sends, and measures itself."""

from __future__ import annotations

import resource
import sys
import threading
import time

from masthead.cli.starting import CommandError, show_json, start


def main() -> None:
    """Send the campaign as a worker does, range after range, and print the figures."""
    campaign_id, show = map(int, sys.argv[1:3])
    start()
    from masthead.delivery import lookups
    from masthead.delivery.ledger import ranges
    from masthead.delivery.models import Campaign
    from masthead.delivery.sender import working

    began, processor = time.perf_counter(), _processor()
    watching = threading.Thread(target=_watch, args=[campaign_id], daemon=True)
    if show:
        watching.start()
    while open_ranges := ranges.without_worker(campaign_id):
        working.work(range_id=open_ranges[0])
        campaign = Campaign.objects.get(pk=campaign_id)
        if campaign.state != Campaign.State.SENDING:
            break
    seconds, processor = time.perf_counter() - began, _processor() - processor
    campaign = Campaign.objects.get(pk=campaign_id)
    found = lookups.verify(campaign)
    if found.accepted != found.audience:
        raise CommandError(f"{found.accepted} of {found.audience} were accepted. {campaign.attention}")
    show_json(
        {
            "messages": found.accepted,
            "seconds": round(seconds, 3),
            "rate": round(found.accepted / seconds, 1),
            "cpu_seconds": round(processor, 3),
            "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }
    )


def _processor() -> float:
    """Seconds of processor this process has used, in its own code and the kernel's."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _watch(campaign_id: int) -> None:
    from masthead.cli.progress import meter
    from masthead.delivery import lookups
    from masthead.delivery.models import Campaign

    campaign = Campaign.objects.get(pk=campaign_id)
    with meter("Sending", show=True) as update:
        while True:
            progress = lookups.progress(campaign)
            update(progress.answered, progress.audience or None)
            time.sleep(0.5)


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        error.show()
        sys.exit(1)
