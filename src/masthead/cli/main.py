"""`masthead`: the group of all commands, and how errors are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from masthead import __version__
from masthead.cli.commands import (
    attributes,
    bench,
    bounces,
    campaigns,
    doctor,
    drill,
    housekeeping,
    inbox,
    installing,
    issues,
    lists,
    publications,
    readers,
    reconcile,
    reconfirming,
    replies,
    running,
    segments,
    sending,
    suppressing,
    transports,
)
from masthead.common.full_disk import is_full_disk


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="masthead")
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
def masthead(debug: bool) -> None:
    """Publish a numbered bulletin once, as e-mail, web page, text and feed, and deliver it to every reader.

    All state lives in the folder that MASTHEAD_DATA names. Every setting is listed in docs/reference/settings.md.
    """


for command in (
    installing.init,
    running.serve,
    running.worker,
    publications.publication,
    readers.import_readers,
    readers.export_readers,
    readers.reader,
    lists.mailing_list,
    housekeeping.housekeeping,
    attributes.attribute,
    segments.segment,
    reconfirming.reconfirm,
    suppressing.suppress,
    issues.issue,
    sending.dry_run,
    sending.send,
    sending.verify,
    campaigns.campaign,
    reconcile.reconcile,
    bounces.bounces,
    replies.replies,
    doctor.doctor,
    drill.drill,
    inbox.inbox,
    transports.transport,
    bench.bench,
    installing.django,
):
    masthead.add_command(command)


def main() -> None:
    """Run the command that this process was started with."""
    run(masthead, sys.argv[1:])


def run(command: click.Command, arguments: Sequence[str]) -> None:
    """Run one command and end the process. Errors are one sentence on standard error, never a traceback unless --debug asks."""
    given = list(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
    try:
        status = command.main(given, prog_name="masthead", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _say("Stopped.")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has had enough; nothing more can be written, not even at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if "--debug" in given:
            raise
        _say(_in_words(error))
        sys.exit(getattr(error, "exit_code", 1))
    sys.exit(status if isinstance(status, int) else 0)


def _say(sentence: str) -> None:
    sys.stderr.write(f"masthead: {sentence}\n")


def _in_words(error: Exception) -> str:
    """What to tell the operator. Our own errors explain themselves; the database's are named; the rest is a fault of ours."""
    kind = type(error)
    own = kind.__module__.split(".")[0] == "masthead"
    words = " ".join(str(error).split())
    if own and words:
        return words
    if is_full_disk(error):
        return "The disk is full. Make space, then run the same command again: nothing was lost or half done."
    if kind.__module__ == "django.db.utils":
        return f"The database says: {words or kind.__name__}. If it is new, run: masthead init"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}." if error.filename and error.strerror else words
    return f"Masthead met a fault it did not expect ({kind.__name__}: {words}). Run it with --debug to see where."
