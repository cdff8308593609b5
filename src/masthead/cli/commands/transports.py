"""`masthead transport`: the mail servers by which mail leaves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start

if TYPE_CHECKING:
    from masthead.mail.models import Transport
    from masthead.mail.transports.base import Step

_AT_LEAST_ONE = click.IntRange(1)


@click.group()
def transport() -> None:
    """The mail servers by which mail leaves.

    Several can be in use at once: they share each campaign by their weights. None in use: mail stays in the built-in inbox.
    MASTHEAD_SMTP_URL, when set, stands in front of all of them.
    """


@transport.command("list")
@as_json
def list_transports(as_json: bool) -> None:
    """List the servers: name, address, whether in use, limits, what left of late."""
    start()
    from django.conf import settings

    from masthead.mail.transports import configuring

    found = [_described(each) for each in configuring.own_servers()]
    if as_json:
        show_json({"by_environment": bool(settings.SMTP_URL), "transports": found})
        return
    if settings.SMTP_URL:
        click.echo("MASTHEAD_SMTP_URL is set: mail leaves by it alone, whatever stands here.")
    if not found:
        click.echo("No mail server is configured. Add one: masthead transport add NAME --host HOST")
    for each in found:
        use = f"in use, weight {each['weight']}" if each["in_use"] else "not in use"
        click.echo(f"{each['name']:<24}  {each['host']}:{each['port']}  {use}; {_limits_of(each)}")
        if each["sender_domains"]:
            click.echo(f"{'':<24}  only mail from {', '.join(each['sender_domains'])}")
        if each["trouble"]:
            click.echo(f"{'':<24}  {each['trouble']}")


def _limits_of(each: dict[str, Any]) -> str:
    said = [f"{each[name]} {name.replace('_', ' ')}" for name in _LIMITS if each[name]]
    if each["warm_up"]:
        said.append(f"warm-up: {each['warm_up_ceiling']} today")
    return ", ".join(said) or "no limit"


def _details(command: Any) -> Any:
    """The options that say how a server is used, with no default: what is not given stays as it is."""
    for option in reversed(
        (
            click.option("--port", type=click.IntRange(1, 65535), help="587 where nothing is said."),
            click.option(
                "--security",
                type=click.Choice(["starttls", "tls", "opportunistic", "none"]),
                help="Without it: tls on port 465, else starttls; on this machine starttls where offered.",
            ),
            click.option("--user", help="The name to sign in with."),
            click.option(
                "--password-file",
                type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
                help="A file with the password, or - for standard input. (Arguments can be read by everybody on the machine.)",
            ),
            click.option("--connections", type=click.IntRange(1, 500), help="Of each worker process; 10 where nothing is said."),
            click.option("--connections-in-all", type=click.IntRange(0), help="Of all worker processes together; 0: no limit."),
            click.option("--weight", type=click.IntRange(1, 1000), help="Its share beside other servers; 1 at first."),
            click.option("--sender-domain", "sender_domains", multiple=True, help="Only mail from this domain; may be repeated."),
            click.option("--per-second", type=click.IntRange(0), help="Limit; 0: none."),
            click.option("--per-minute", type=click.IntRange(0), help="Limit; 0: none."),
            click.option("--per-hour", type=click.IntRange(0), help="Limit in any 60 minutes; 0: none."),
            click.option("--per-day", type=click.IntRange(0), help="Limit in any 24 hours; 0: none."),
            click.option(
                "--warm-up",
                type=(_AT_LEAST_ONE, _AT_LEAST_ONE, _AT_LEAST_ONE),
                metavar="FIRST PERCENT FULL",
                help="FIRST mails on the first day, PERCENT more each day, over at FULL a day.",
            ),
            click.option("--use/--no-use", default=None, help="Let mail leave by it. A new one is used."),
            click.option("--untested", is_flag=True, help="Keep it without connecting to it first."),
            as_json,
        )
    ):
        command = option(command)
    return command


@transport.command("add")
@click.argument("name")
@click.option("--host", required=True, help="Its name or address, without a port.")
@_details
def add(name: str, host: str, as_json: bool, untested: bool, use: bool | None, **given: Any) -> None:
    """Add a mail server, once it has been tried: connection, encryption and sign-in. No mail is sent for that."""
    start()
    _keep(None, {"name": name, "host": host, **given}, use=use is not False, untested=untested, as_json=as_json)


@transport.command("change")
@click.argument("name")
@click.option("--host", help="Its name or address, without a port.")
@_details
def change(name: str, host: str | None, as_json: bool, untested: bool, use: bool | None, **given: Any) -> None:
    """Change a mail server; what is not said stays as it is."""
    start()
    from masthead.mail.transports import configuring

    existing = _find(name)
    kept = _keep(existing, {"name": name, "host": host, **given}, use=bool(use), untested=untested, as_json=as_json)
    if use is False and kept.in_use:
        configuring.use(transport=kept, yes=False, by=BY, now=now())


@transport.command("test")
@click.argument("name", required=False)
@as_json
def test(name: str | None, as_json: bool) -> None:
    """Try a mail server step by step; without a NAME, each by which mail leaves now. Exit status 1 if one fails."""
    start()
    from masthead.mail.transports import choosing

    configs = [choosing.from_row(_find(name))] if name else choosing.ways(now())
    results = [(config, choosing.probe(config)) for config in configs]
    if as_json:
        show_json([{"transport": config.name, "ok": steps[-1].ok, "steps": _steps(steps)} for config, steps in results])
    else:
        for config, steps in results:
            click.echo(f"{config.name} ({config.host}:{config.port})")
            _echo(steps)
    if not all(steps[-1].ok for _config, steps in results):
        sys.exit(1)


@transport.command("remove")
@click.argument("name")
@as_json
def remove(name: str, as_json: bool) -> None:
    """Forget a mail server and its password."""
    start()
    from masthead.mail.transports import configuring

    found = _find(name)
    configuring.remove(transport=found, by=BY, now=now())
    if as_json:
        show_json({"removed": name})
    else:
        click.echo(f"{name} is removed.")


def _keep(existing: Transport | None, given: dict[str, Any], *, use: bool, untested: bool, as_json: bool) -> Transport:
    from masthead.mail.transports import choosing, configuring

    drafted = configuring.draft(existing=existing, **_values(existing, given))
    steps = [] if untested else choosing.probe(choosing.from_row(drafted))
    if steps and not steps[-1].ok:
        if as_json:
            show_json({"transport": drafted.name, "kept": False, "steps": _steps(steps)})
        raise CommandError(f"{drafted.name} was not kept. {steps[-1].text}")
    kept = configuring.keep(transport=drafted, use=use, by=BY, now=now())
    if as_json:
        show_json({**_described(kept), "kept": True, "steps": _steps(steps)})
    else:
        _echo(steps)
        click.echo(f"{kept.name} is kept" + (" and in use." if kept.in_use else ", but not in use."))
    return kept


def _values(existing: Transport | None, given: dict[str, Any]) -> dict[str, Any]:
    """What was said, over what there was, over the usual."""
    from masthead.mail.pacing.limits import Limits
    from masthead.mail.transports import configuring

    def said(name: str, usual: Any) -> Any:
        value = given[name]
        return value if value is not None else getattr(existing, name) if existing else usual

    host, port = said("host", ""), said("port", 587)
    plan = existing.plan if existing else None
    if given["warm_up"]:
        first, growth, full = given["warm_up"]
        plan = configuring.plan_of(first=first, growth=growth, full=full)
    return {
        "name": given["name"],
        "host": host,
        "port": port,
        "security": given["security"] or (existing.security if existing else configuring.usual_security(host, port)),
        "user": said("user", ""),
        "password": _password(given["password_file"]),
        "connections": said("connections", 10),
        "connections_in_all": said("connections_in_all", None) or None,
        "weight": said("weight", 1),
        "sender_domains": " ".join(given["sender_domains"]) or (existing.sender_domains if existing else ""),
        "limits": Limits(**{name: said(name, None) or None for name in _LIMITS}),
        "warm_up": plan,
    }


_LIMITS = ("per_second", "per_minute", "per_hour", "per_day")


def _password(file: Path | None) -> str:
    if file is None:
        return ""
    text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    return text.rstrip("\r\n")


def _find(name: str) -> Transport:
    from masthead.mail.transports import configuring

    found = configuring.own_servers().filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no mail server named {name!r}. See: masthead transport list")
    return found


def _described(row: Transport) -> dict[str, Any]:
    from masthead.mail import allowances

    hour, day = allowances.used(allowances.transport_scope(row.pk), now=allowances.database_now())
    names = ("name", "host", "port", "security", "user", "in_use", "weight", "connections", "connections_in_all")
    plan = row.plan
    return {
        **{name: getattr(row, name) for name in names},
        "sender_domains": row.sender_domains.split(),
        **{name: getattr(row, name) for name in _LIMITS},
        "warm_up": {"first": plan.first, "growth": plan.growth, "full": plan.full} if plan else None,
        "warm_up_ceiling": plan.ceiling(row.warmup_level) if plan else None,
        "last_hour": hour,
        "last_day": day,
        "trouble": row.trouble,
        "rests_until": row.rests_until.isoformat() if row.rests_until else None,
    }


def _steps(steps: list[Step]) -> list[dict[str, Any]]:
    return [{"step": step.name, "ok": step.ok, "text": step.text} for step in steps]


def _echo(steps: list[Step]) -> None:
    for step in steps:
        click.echo(f"  {'ok ' if step.ok else 'FAILS'}  {step.name}: {step.text}")
