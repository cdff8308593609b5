"""`masthead reconcile`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from masthead.cli.progress import bar
from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

#: Where Debian, and where Red Hat and others write Postfix's log.
_USUAL = (Path("/var/log/mail.log"), Path("/var/log/maillog"))


@click.command()
@click.argument("number", type=click.IntRange(1))
@click.option(
    "--log",
    "logs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Postfix's log; what was rotated away from it is read, too. May be given several times. Default: where it usually is.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be settled; change nothing.")
@which_publication
@as_json
def reconcile(number: int, logs: tuple[Path, ...], dry_run: bool, slug: str | None, as_json: bool) -> None:
    """Settle the uncertain readers of issue NUMBER, where there is proof that the relay has their mail.

    Proof is the mail's Message-ID in the log of a Postfix that put it into its queue, or a bounce or complaint about this very
    mail. Such readers are "accepted" from then on, with the proof as the reason, also those who wait to be sent to again after a
    lost answer; the others stay as they are, since a log that does not mention a mail proves nothing. Every settled reader is
    printed.
    """
    start()
    from masthead.bounces.lookups import proves_accepted
    from masthead.cli import choosing
    from masthead.delivery import lookups, postfix_logs, reconciling

    campaigns = lookups.campaigns_of_number(choosing.publication(slug), number)
    if not campaigns:
        raise CommandError(f"No. {number} was never sent.")
    sought = {token: identity for campaign in campaigns for token, identity in reconciling.sought(campaign).items()}
    proofs = dict.fromkeys(proves_accepted(sought.values()), "a report about this mail came back")
    given = logs or tuple(path for path in _USUAL if path.is_file())
    paths = [path for log in given for path in postfix_logs.with_rotated(log)]
    if sought:
        size = sum(path.stat().st_size for path in paths)
        with bar("Reading the log", total=size, show=not as_json) as advance:
            found = postfix_logs.proofs(paths, sought, advance)
        proofs |= {sought[token]: why for token, why in found.items()}
    settled = [
        each
        for campaign in campaigns
        for each in reconciling.settle(campaign=campaign, proofs=proofs, by=BY, now=now(), dry_run=dry_run)
    ]
    left = len(sought) - len(settled)
    if as_json:
        show_json(
            {
                "number": number,
                "dry_run": dry_run,
                "logs": [str(path) for path in paths],
                "settled": [asdict(each) for each in settled],
                "still_uncertain": left,
            }
        )
        return
    for each in settled:
        click.echo(f"{each.address or '(erased)':<40}  {each.why}")
    if sought and not paths:
        click.echo("No log was read: none is where it usually is. Name it with --log FILE.")
    would = "would be settled" if dry_run else "settled"
    click.echo(f"No. {number}: {len(settled)} {would}, {left} still uncertain.")
