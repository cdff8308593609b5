"""What SpamAssassin says of a mail: its own program on this machine, asked without the network and within limits.

The program is run rather than spoken to as `spamd`: no service must run, and a mail is scored rarely. It keeps nothing,
neither a Bayes database nor a list of senders, which would make the second answer differ from the first.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

#: Rules are Perl and slow on a busy machine; two mails of 100 kB took 2 s each on an idle one.
_CPU_SECONDS = 30
_WALL_SECONDS = 120
_MEMORY_KB = 1_500_000
_OPTIONS = (
    "--local",
    "--test-mode",
    "--nocreate-prefs",
    "--prefspath=/dev/null",
    "--cf=use_bayes 0",
    "--cf=use_txrep 0",
    "--cf=use_auto_welcomelist 0",
    # The report in the words of this module, whatever the administrator made of it, and in full.
    "--cf=clear_report_template",
    "--cf=report_safe 0",
    "--cf=report MASTHEAD-SCORE _SCORE_ _REQD_",
    "--cf=report _SUMMARY_",
)
_SCORE = re.compile(r"MASTHEAD-SCORE (-?[\d.]+) (-?[\d.]+)$", re.MULTILINE)
#: " 1.2 SOME_RULE              what it is about"; the rest of a long description follows on lines of its own.
_RULE = re.compile(r"^ *(-?\d+(?:\.\d)?) ([A-Z][A-Z0-9_]+) +(.*(?:\n {10,}\S.*)*)", re.MULTILINE)


class CannotScore(Exception):
    """SpamAssassin is not there, was too slow or said something else. The message says which."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that matched: what it adds to the score (or takes away), its name and its description in SpamAssassin's words."""

    points: float
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Score:
    """`points` in all; from `limit` on SpamAssassin calls a mail spam. `rules` are those that count, the worst first."""

    points: float
    limit: float
    rules: tuple[Rule, ...]


def is_installed() -> bool:
    """Whether this machine has SpamAssassin."""
    return shutil.which("spamassassin") is not None


def score(raw: bytes) -> Score:
    """What SpamAssassin says of the mail `raw`. Takes about a second. Raises CannotScore."""
    program = shutil.which("spamassassin")
    if program is None:
        raise CannotScore("SpamAssassin is not installed on this machine.")
    with tempfile.TemporaryDirectory(prefix="masthead-spam-") as home:
        try:
            done = subprocess.run(  # noqa: S603  the program by its path, options of our own, the mail on its standard input
                ["/bin/sh", "-c", f'ulimit -t {_CPU_SECONDS}; ulimit -v {_MEMORY_KB}; exec "$0" "$@"', program, *_OPTIONS],
                # The report begins where the mail ends.
                input=raw.rstrip() + b"\n",
                capture_output=True,
                timeout=_WALL_SECONDS,
                # Nothing of ours: the environment of a server holds its keys.
                env={"HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
                cwd=home,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotScore("SpamAssassin took more than two minutes.") from error
    said = done.stdout.decode(errors="replace").replace("\r\n", "\n")
    found = list(_SCORE.finditer(said))
    if done.returncode or not found:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise CannotScore(f"SpamAssassin gave no score: {why[-1][:200] if why else f'status {done.returncode}'}")
    return read_report(said[found[-1].start() :])


def read_report(report: str) -> Score:
    """A report as `score` has it made. Raises CannotScore for one without the line of the score."""
    first = _SCORE.search(report)
    if first is None:
        raise CannotScore("SpamAssassin gave no score.")
    rules = [Rule(float(points), name, " ".join(what.split())) for points, name, what in _RULE.findall(report)]
    counting = sorted((rule for rule in rules if rule.points), key=lambda rule: -rule.points)
    return Score(float(first[1]), float(first[2]), tuple(counting))
