"""`masthead attribute`: what is known of readers beyond address, name and language."""

from __future__ import annotations

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start

_KINDS = ("text", "number", "date", "boolean", "choice", "choices", "country", "language")


@click.group()
def attribute() -> None:
    """What is known of readers beyond address, name and language."""


@attribute.command("create")
@click.argument("label")
@click.option("--kind", type=click.Choice(_KINDS), default="text", show_default=True)
@click.option("--key", default="", metavar="NAME", help="Name of the merge field; without it the label makes it.")
@click.option("--choice", "choices", multiple=True, metavar="WORDS", help="One of the choices; give at least two.")
@click.option("--required", is_flag=True, help="It must be answered.")
@click.option("--default", default="", metavar="VALUE", help="What forms are filled in with.")
@click.option("--at-sign-up", is_flag=True, help="Ask for it when somebody signs up.")
@click.option("--editable", is_flag=True, help="Readers can change it on their own page.")
@as_json
def create(
    label: str,
    kind: str,
    key: str,
    choices: tuple[str, ...],
    required: bool,
    default: str,
    at_sign_up: bool,
    editable: bool,
    as_json: bool,
) -> None:
    """Define an attribute called LABEL. Values that readers have under its name already become what its kind says."""
    start()
    from masthead.audience import defining
    from masthead.cli.progress import meter

    made = defining.create(
        kind=kind,
        key=key,
        label=label,
        choices=choices,
        required=required,
        default=default,
        at_sign_up=at_sign_up,
        editable=editable,
        by=BY,
        now=now(),
    )
    with meter("Looking at the readers", show=not as_json) as update:
        changed, unfit = defining.convert(attribute=made, progress=lambda done: update(done, None))
    if as_json:
        show_json({"key": made.key, "kind": made.kind, "converted": changed, "unfit": unfit})
        return
    click.echo(f"{made.label}: merge field {{{{ {made.key} }}}}, {made.get_kind_display()}.")
    if changed or unfit:
        click.echo(f"{changed} values that were there became that; {unfit} do not fit and stay as they were.")


@attribute.command("list")
@as_json
def list_attributes(as_json: bool) -> None:
    """All attributes."""
    start()
    from masthead.audience.models import Attribute

    found = list(Attribute.objects.all())
    if as_json:
        fields = ("key", "kind", "label", "labels", "choices", "required", "default", "at_sign_up", "editable")
        show_json([{name: getattr(each, name) for name in fields} for each in found])
        return
    for each in found:
        click.echo(f"{each.key:24} {each.get_kind_display()}: {each.label}")


@attribute.command("delete")
@click.argument("key")
def delete(key: str) -> None:
    """Take the definition of KEY away. What readers answered stays with them as a merge field."""
    start()
    from masthead.audience import defining
    from masthead.audience.models import Attribute

    found = Attribute.objects.filter(key=key).first()
    if found is None:
        raise CommandError(f"There is no attribute {key!r}. See: masthead attribute list")
    defining.delete(attribute=found, by=BY, now=now())
    click.echo(f"{key} is not defined any more; the readers' values stay.")
