"""`mxsync explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name
    from mxsync.route import Mail, Route


@click.command()
@click.argument("domain")
@options.resolvers
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "mermaid"]),
    default="text",
    show_default=True,
    help="How to write the result; mermaid is a picture for Markdown.",
)
@options.no_color
def command(domain: str, resolvers: tuple[Resolver, ...], output: str, *, no_color: bool) -> int:
    """Say where a sender takes mail for DOMAIN: which hosts it tries in which order, and why.

    From what resolvers answer now. Exits with 1 if not all of it could be looked up.
    """
    from mxsync import names  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.console import show, width  # noqa: PLC0415
    from mxsync.cli.signals import noticed  # noqa: PLC0415
    from mxsync.errors import InvalidName  # noqa: PLC0415
    from mxsync.render import json  # noqa: PLC0415
    from mxsync.render import route as form  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    try:
        name = names.parse(domain)
    except InvalidName as error:
        raise click.BadParameter(str(error), param_hint="DOMAIN") from error
    with noticed() as stopped:
        made = _explain(name, resolvers, stopped)
        if stopped():
            raise KeyboardInterrupt
    if output == "json":
        written = json.write(form.document(made))
    else:
        written = form.mermaid(made) if output == "mermaid" else form.text(made, width=width())
    show(written, no_color=no_color or output != "text")
    return ExitCode.DONE if made.known else ExitCode.FAILED


def _explain(domain: Name, resolvers: tuple[Resolver, ...], stopped: Callable[[], bool]) -> Route:
    from mxsync.lookup.ask import look_up  # noqa: PLC0415
    from mxsync.route import hosts, make_route  # noqa: PLC0415

    mail = _mail(domain, resolvers, stopped)
    return make_route(domain, mail, look_up(hosts(domain, mail), resolvers=resolvers, stopped=stopped))


def _mail(domain: Name, resolvers: tuple[Resolver, ...], stopped: Callable[[], bool]) -> Mail:
    """Ask for the MX set, and for those of the wildcards that may have made it up."""
    from itertools import takewhile  # noqa: PLC0415

    from mxsync.lookup.ask import find_all  # noqa: PLC0415
    from mxsync.lookup.interpret import mx_set  # noqa: PLC0415
    from mxsync.route import Mail, wildcards  # noqa: PLC0415

    above = wildcards(domain)
    questions = [(each, "MX") for each in (domain, *above)]
    found = find_all(questions, resolvers=resolvers, signatures=True, stopped=stopped)
    answer = found[domain, "MX"]
    wildcard, certain = answer.wildcard, True
    if answer.records and wildcard is None:
        # A wildcard answers for the wildcards below it too: the one that is highest is there itself.
        same = takewhile(lambda each: set(found[each, "MX"].records) == set(answer.records), above)
        wildcard, certain = next(iter([*same][-1:]), None), False
    return Mail(
        mx_set(answer),
        answer.alias,
        answer.exists,
        None if answer.records else answer.ttl,
        wildcard,
        certain,
        answer.unknown,
    )
