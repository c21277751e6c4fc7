"""Conversations with a server, written as if they were alone with it.

A talk is a generator: it yields messages, gets as many replies in the same order, and returns what it
found. It knows no socket and no clock, so that thousands of them can share one connection (`line`).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from mxsync_rfc2136 import wire
from mxsync_rfc2136.message import Answer, Message, Reply, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name

S = TypeVar("S")
T = TypeVar("T")
Talk = Generator[Sequence[Message], Sequence[Reply], T]
"""A conversation that finds out a T."""


def ask(name: Name, kind: int, *, delay: float = 0) -> Talk[Answer]:
    """Ask for a name's records of one type, without recursion. Raises Trouble."""
    return (yield from say(Message(name, wire.question(name, kind), delay=delay)))


def say(message: Message) -> Talk[Answer]:
    """Send one message and give its answer. Raises Trouble."""
    [reply] = yield [message]
    if isinstance(reply, Answer):
        return reply
    raise reply


def together(talks: Iterable[Talk[T]]) -> Talk[list[T]]:
    """Lead several talks at once: what they have to say goes out together. Gives their results in order."""
    # Made now, and not when the talk begins: what they are about may change until then.
    return _together(list(talks))


def _together(talks: Sequence[Talk[T]]) -> Talk[list[T]]:
    found: dict[int, T] = {}
    heard: dict[int, Sequence[Reply] | None] = dict.fromkeys(range(len(talks)))
    while heard:
        said: dict[int, Sequence[Message]] = {}
        for number, replies in heard.items():
            talk = talks[number]
            try:
                said[number] = next(talk) if replies is None else talk.send(replies)
            except StopIteration as ended:
                found[number] = ended.value
        if said:
            answers = iter((yield [message for messages in said.values() for message in messages]))
        heard = {number: list(islice(answers, len(messages))) for number, messages in said.items()}
    return [found[number] for number in range(len(talks))]


def given(found: T) -> Talk[T]:
    """Find out what is known already, without a word."""
    return found
    yield  # so that it is a talk


def both(first: Talk[S], second: Talk[T]) -> Talk[tuple[S, T]]:
    """Lead two talks at once that find out different things."""
    talks: list[Talk[S | T]] = [first, second]
    found = yield from together(talks)
    return cast("tuple[S, T]", tuple(found))


def attempt(talk: Talk[T]) -> Talk[T | Trouble]:
    """Give the Trouble that a talk meets instead of raising it."""
    try:
        return (yield from talk)
    except Trouble as error:
        return error
