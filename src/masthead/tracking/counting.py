"""Counting requests for links and pixels, in batches: SQLite has one writer, and the sender needs it.

What is noted waits in memory for at most `SECONDS`, then one transaction counts it. A graceful stop writes what waits; after
kill -9 at most these seconds are missing. Address and browser of a visitor are in memory only, and leave it as a hash under a
salt that is thrown away with the day.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from django.db import Error, connection, transaction
from django.db.models import F

from masthead.issues.models import Publication
from masthead.tracking import keeping, machines
from masthead.tracking.machines import Followed
from masthead.tracking.models import DaySalt, LinkCount, Visit
from masthead.tracking.models.link_count import ANY

log = logging.getLogger(__name__)

#: How long a request may wait to be counted.
SECONDS = 2.0
#: How often it is tried when this process is about to end and the database cannot be written.
LAST_TRIES = 10
#: More than this is not kept in memory while the database cannot be written; what comes then is counted as missing in the log.
MOST_WAITING = 100_000


class Waiting:
    """What was noted and is not counted yet. `later` has something done in a while, in a thread of its own.

    It may raise RuntimeError: no thread can be started, as while the interpreter ends. Then the next note tries again.
    """

    def __init__(self, later: Callable[[Callable[[], None]], None]) -> None:
        self._later = later
        self._lock = threading.Lock()
        self._followed: list[Followed] = []
        self._is_set = False

    def note(self, followed: Followed) -> None:
        """Have `followed` counted soon. Costs no database."""
        with self._lock:
            if len(self._followed) >= MOST_WAITING:
                log.error("a followed link is not counted: %d wait already", MOST_WAITING)
                return
            self._followed.append(followed)
            self._have_written()

    def take(self) -> list[Followed]:
        """All of it; whoever takes it counts it."""
        with self._lock:
            taken, self._followed, self._is_set = self._followed, [], False
            return taken

    def _write(self) -> None:
        for _try in range(LAST_TRIES):
            taken = self.take()
            try:
                count(taken)
            except Error as error:
                log.warning("%d followed links wait longer to be counted: %s", len(taken), error)
                if self._put_back(taken):
                    return
            else:
                return
            finally:
                connection.close()
            # The process ends, and waits for this thread alone.
            time.sleep(SECONDS)
        log.error("%d followed links are not counted: the database could not be written before the end", len(self.take()))

    def _put_back(self, taken: list[Followed]) -> bool:
        """All of it waits again. False: nobody will write it but whoever asks."""
        with self._lock:
            self._followed = [*taken, *self._followed]
            return _goes_on() and self._have_written()

    def _have_written(self) -> bool:
        if not self._is_set:
            try:
                self._later(self._write)
            except RuntimeError as error:
                log.error("%d followed links wait for a thread that counts them: %s", len(self._followed), error)
                return False
            self._is_set = True
        return True


def _goes_on() -> bool:
    """False once the main thread has ended: then threads that end leave nothing behind."""
    return threading.main_thread().is_alive()


def _in_a_while(write: Callable[[], None]) -> None:
    # Not a daemon: the end of the process waits for it, and nothing is lost.
    threading.Timer(SECONDS, write).start()


WAITING = Waiting(_in_a_while)


@transaction.atomic
def count(batch: Iterable[Followed]) -> None:
    """Count `batch`: of each visitor one a day for each link, and one a day for all links together.

    What readers who agreed do is kept with them instead; who agrees no more is counted as one of all.
    """
    batch = list(batch)
    programs = machines.among(batch)
    kept = keeping.keep([each for each in batch if each.delivery], programs)
    by_day: dict[date, list[Followed]] = defaultdict(list)
    for each in batch:
        if each.delivery in kept or each.number == machines.OPENED:
            continue
        by_day[each.at.astimezone(UTC).date()].append(each)
    for day, followed in sorted(by_day.items()):
        salt = _salt(day)
        sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
        for each in followed:
            for number in (each.number, ANY):
                kind = 2 if each in programs else 0 if _is_first(each, number, day, salt) else 1
                sums[each.campaign, number][kind] += 1
        for (campaign, number), (people, again, asked) in sorted(sums.items()):
            row, _made = LinkCount.objects.get_or_create(campaign_id=campaign, number=number, day=day)
            LinkCount.objects.filter(pk=row.pk).update(
                people=F("people") + people, again=F("again") + again, machines=F("machines") + asked
            )


def forget(*, now: datetime) -> int:
    """Throw away the salts and marks of days gone by. Returns how many marks."""
    today = now.astimezone(UTC).date()
    with transaction.atomic():
        DaySalt.objects.filter(day__lt=today).delete()
        return Visit.objects.filter(day__lt=today).delete()[0]


def is_counted(publication: Publication) -> bool:
    """Whether links of its mails are counted at this moment."""
    return publication.counts_links


def _salt(day: date) -> bytes:
    row, _made = DaySalt.objects.get_or_create(day=day, defaults={"salt": secrets.token_bytes(32)})
    return bytes(row.salt)


def _is_first(followed: Followed, number: int, day: date, salt: bytes) -> bool:
    said = "\0".join((str(followed.campaign), str(number), followed.origin, followed.browser))
    mark = hashlib.blake2b(said.encode("utf-8", "surrogateescape"), key=salt, digest_size=16).digest()
    return Visit.objects.get_or_create(mark=mark, defaults={"day": day})[1]
