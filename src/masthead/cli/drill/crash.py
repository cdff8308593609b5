"""The crash drill: a real campaign whose processes are killed again and again, and then the comparison of relay and ledger."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from masthead.cli import scratch
from masthead.cli.drill import install, oracle, processes
from masthead.cli.drill.oracle import Finding, LedgerRow
from masthead.cli.drill.processes import Relay, Troupe
from masthead.cli.progress import meter
from masthead.cli.starting import BY, CommandError, now

#: So many processes stand ready at any time: the next one takes over while the one that was hit starts again.
_AT_ONCE = 3
#: Every so many strikes hit all of them at once: then nobody is there until one has started again.
_ALL_AT_ONCE_EVERY = 5
#: One reader in so many leaves meanwhile.
_LEAVER_IN = 50
_LOOK_SECONDS = 0.005
_ASK_SECONDS = 0.5
#: Nothing at all happened for so long: the drill gives up and shows the log. P7 promises much less.
_PATIENCE_SECONDS = 180.0


@dataclass(frozen=True)
class Options:
    """What is drilled. `faults` as `mail.sink.fault_shares` reads them; `stop` asks (SIGTERM) instead of killing."""

    readers: int
    kills: int
    connections: int
    policy: str = "resend"
    faults: str = "0"
    stop: bool = False
    database: str | None = None
    seed: int = 1
    keep: bool = False
    program: tuple[str, ...] = processes.PROGRAM


@dataclass
class Report:
    """What came of it. `broken` names each promise that was not kept; `folder` is there when something was kept for a look."""

    finding: Finding
    options: Options
    kills: int
    left: int
    longest_wait: float
    seconds: float
    database: str
    broken: list[str] = field(default_factory=list)
    folder: str | None = None

    def as_json(self) -> dict[str, object]:
        """For programs: the figures of the promise first."""
        found, hold = self.finding, self.options.policy == "hold"
        return {
            "lost": len(found.lost),
            "duplicates": found.duplicates,
            "bound": found.bound(crashed_lanes=self.crashed_lanes, hold=hold),
            "uncertain": found.uncertain,
            "unexplained": len(found.unexplained),
            "message_ids_per_reader": found.message_ids,
            "accepted_not_in_sink": len(found.accepted_not_taken),
            "late_after_leaving": len(found.late),
            "differing_copies": len(found.many_digests),
            "held_as_changed": len(found.changed),
            "lost_replies": found.lost_replies,
            "unanswered": found.unanswered,
            "still_open": found.open,
            "readers": found.readers,
            "left": self.left,
            "kills": self.kills,
            "connections": self.options.connections,
            "policy": self.options.policy,
            "faults": self.options.faults,
            "signal": "TERM" if self.options.stop else "KILL",
            "seed": self.options.seed,
            "database": self.database,
            "longest_wait_seconds": round(self.longest_wait, 1),
            "seconds": round(self.seconds, 1),
            "broken": self.broken,
            "folder": self.folder,
        }

    @property
    def crashed_lanes(self) -> int:
        """The most hand-overs that can have been cut off by us."""
        return 0 if self.options.stop else self.kills * self.options.connections


def run(options: Options, *, show: bool) -> Report:
    """Do all of it. Raises CommandError when the drill itself cannot go on."""
    with scratch.database(options.database or "", purpose="drill") as address:
        report: list[Report] = []
        with install.folder(keep=lambda: options.keep or bool(report and report[0].broken)) as data:
            report.append(_run(options, data, address, show))
            if options.keep or report[0].broken:
                report[0].folder = str(data)
    return report[0]


def _run(options: Options, data: Path, address: str, show: bool) -> Report:
    began = time.monotonic()
    relay = Relay(data / "sink.log", "--faults", options.faults, "--seed", str(options.seed), "--delay", "0.003")
    try:
        install.settle_in(data, _settings(options, relay, address))
        with meter("Making readers", show=show) as update:
            campaign_id = install.fill(data, readers=options.readers, policy=options.policy, now=now(), progress=update)
        drill = Drill(options, data, relay, campaign_id)
        with meter("Drill", show=show) as update:
            drill.play(update)
    finally:
        relay.end()
    finding = oracle.compare(oracle.read_log(relay.log), _rows(campaign_id), drill.left_at)
    report = Report(
        finding=finding,
        options=options,
        kills=drill.kills,
        left=len(drill.left_at),
        longest_wait=drill.longest_wait,
        seconds=time.monotonic() - began,
        database="postgresql" if address else "sqlite",
    )
    report.broken = finding.breaches(crashed_lanes=report.crashed_lanes, hold=options.policy == "hold") + _sum(campaign_id)
    return report


class Drill:
    """The campaign while it is being sent and struck."""

    def __init__(self, options: Options, data: Path, relay: Relay, campaign_id: int) -> None:
        self._options = options
        self._relay = relay
        self._campaign_id = campaign_id
        self._chance = random.Random(options.seed)  # noqa: S311 (the same seed must strike at the same moments)
        self._troupe = Troupe(options.program, data, self._chance)
        self._embedded = options.database is None
        self._leavers = self._chance.sample(range(options.readers), options.readers // _LEAVER_IN)
        self._moved_at = time.monotonic()
        self._dots = 0
        self._asked_at = 0.0
        self.kills = 0
        self.longest_wait = 0.0
        self.left_at: dict[str, float] = {}

    def play(self, update: Callable[[int, int | None], None]) -> None:
        """Strike until the kills are done or nobody is left to send to, then let it finish and ask everybody to end."""
        strikes = 0
        try:
            self._troupe.fill_up(_AT_ONCE)
            while self.kills < self._options.kills and self._until(self._next_moment()):
                time.sleep(self._chance.random() / 50)
                strikes += 1
                everybody = strikes % _ALL_AT_ONCE_EVERY == 0 and self.kills + _AT_ONCE <= self._options.kills
                number = signal.SIGTERM if self._options.stop else signal.SIGKILL
                self.kills += self._troupe.strike(number, everybody=everybody, embedded=self._embedded)
                self._troupe.fill_up(_AT_ONCE)
                self._somebody_leaves()
                update(self.kills, self._options.kills)
            self._until(None)
        finally:
            self._troupe.end()

    def _next_moment(self) -> int:
        """A number of dots: the campaign is cut into as many pieces as there are kills, and each is struck somewhere inside."""
        piece = self._options.readers / (self._options.kills + 1)
        return max(self._dots + 1, int(piece * (self.kills + self._chance.random())))

    def _until(self, dots: int | None) -> bool:
        """Wait for the relay to have seen `dots`; False when the campaign has finished before (None: wait for that)."""
        while dots is None or self._seen() < dots:
            scratch.go_on()
            self._seen()
            if time.monotonic() - self._asked_at > _ASK_SECONDS and self._has_finished():
                return False
            if time.monotonic() - self._moved_at > _PATIENCE_SECONDS:
                raise CommandError(
                    f"No mail left for {_PATIENCE_SECONDS:.0f} s after {self.kills} kills (seed {self._options.seed})."
                    f" The end of the log:\n{self._troupe.last_words()}"
                )
            time.sleep(_LOOK_SECONDS)
        return True

    def _seen(self) -> int:
        dots = self._relay.dots()
        if dots != self._dots:
            moment = time.monotonic()
            self.longest_wait = max(self.longest_wait, moment - self._moved_at)
            self._dots, self._moved_at = dots, moment
        return dots

    def _has_finished(self) -> bool:
        from masthead.delivery import campaigns
        from masthead.delivery.models import Campaign

        self._asked_at = time.monotonic()
        self._troupe.fill_up(_AT_ONCE)  # a process that ended by itself is started again, as a service manager would
        campaign = Campaign.objects.get(pk=self._campaign_id)
        if campaign.state == Campaign.State.PAUSED:
            # Faults made it pause itself: a person would look at the relay and go on.
            campaigns.resume(campaign=campaign, by=BY, now=now())
        return campaign.state in (Campaign.State.FINISHED, Campaign.State.CANCELLED)

    def _somebody_leaves(self) -> None:
        from masthead.audience import consent
        from masthead.audience.models import Subscriber

        due = len(self._leavers) * self.kills // self._options.kills
        for number in self._leavers[len(self.left_at) : due]:
            address = f"reader{number}@example.org"
            subscriber = Subscriber.objects.get(address=address)
            consent.withdraw(subscriber=subscriber, how="drill", by=BY, now=datetime.now(UTC))
            self.left_at[address] = time.time()


def _settings(options: Options, relay: Relay, address: str) -> dict[str, str]:
    found = {
        "SMTP_URL": f"smtp://127.0.0.1:{relay.port}",
        "SMTP_CONNECTIONS": str(options.connections),
        # Each `serve` has a port of its own. With links that follow it, a repeat would not be the mail that it repeats.
        "BASE_URL": "https://drill.example.org",
        # Short, so that a drill of an hour's troubles takes minutes; long enough for a busy machine.
        "RETRY_SECONDS": "1",
        "WORKER_LOST_SECONDS": "8",
        # Small stretches: on PostgreSQL the one that a killed process held has to wait until it is known as lost.
        "RANGE_SIZE": str(max(50, 2 * options.readers // (options.kills + 1))),
    }
    return found | ({"DATABASE_URL": address} if address else {})


def _rows(campaign_id: int) -> Iterator[LedgerRow]:
    from masthead.delivery.models import Delivery
    from masthead.delivery.sender.outcomes import CHANGED

    rows = Delivery.objects.filter(campaign=campaign_id).values_list("subscriber__address", "state", "repeats", "reply")
    for address, state, repeats, reply in rows.iterator():
        yield LedgerRow(address, state, repeats, state == Delivery.State.UNCERTAIN and reply == CHANGED)


def _sum(campaign_id: int) -> list[str]:
    """What `masthead verify` says."""
    from django.db import connections

    from masthead.delivery import lookups
    from masthead.delivery.models import Campaign

    found = lookups.verify(Campaign.objects.get(pk=campaign_id))
    connections.close_all()
    return [] if found.adds_up else [f"the ledger does not add up: {found}"]
