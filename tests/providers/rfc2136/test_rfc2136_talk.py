"""Conversations led together: each gets the replies to its own messages, and none waits for no reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync_rfc2136 import wire
from mxsync_rfc2136.message import Answer, Kind, Lost, Message, NotSent, Reply, Trouble
from mxsync_rfc2136.talk import Talk, ask, attempt, both, say, together
from support.wire import any_names, calm

T = TypeVar("T")

scripts = st.lists(st.integers(0, 3), max_size=4)
"""How many messages a talk has to say in each round."""


def message(number: int, turn: int, place: int) -> Message:
    return Message(names.parse(f"t{number}.r{turn}.p{place}."), b"")


def reply_to(said: Message) -> Answer:
    return Answer(sum(said.name.encode()))


def talk(number: int, script: Sequence[int]) -> Talk[int]:
    """Say so much in each round, and demand the right replies."""
    for turn, count in enumerate(script):
        messages = [message(number, turn, place) for place in range(count)]
        replies = yield messages
        assert list(replies) == [reply_to(said) for said in messages]
    return number


def lead(talk: Talk[T]) -> tuple[T, list[list[Message]]]:
    """Answer a talk to its end; give what it found, and what it said in each round."""
    said: list[list[Message]] = []
    try:
        messages = next(talk)
        while True:
            said.append(list(messages))
            messages = talk.send([reply_to(it) for it in messages])
    except StopIteration as ended:
        return ended.value, said


@calm
@given(st.lists(scripts, max_size=6))
def test_together_each_talk_hears_its_own_replies_and_says_all_at_once(
    given_scripts: list[list[int]],
) -> None:
    found, said = lead(together(talk(number, script) for number, script in enumerate(given_scripts)))
    assert found == list(range(len(given_scripts)))
    assert len(said) == max(map(len, given_scripts), default=0)
    for turn, messages in enumerate(said):
        assert messages == [
            message(number, turn, place)
            for number, script in enumerate(given_scripts)
            if turn < len(script)
            for place in range(script[turn])
        ]


@calm
@given(scripts, scripts, scripts)
def test_talks_led_together_may_themselves_lead_others(
    first: list[int], second: list[int], third: list[int]
) -> None:
    found, said = lead(both(together([talk(0, first), talk(1, second)]), talk(2, third)))
    assert found == ([0, 1], 2)
    assert len(said) == max(map(len, (first, second, third)))


def test_what_talks_are_about_is_fixed_when_they_are_named() -> None:
    about = [1, 2]
    talks = together(talk(number, [1]) for number in about)
    about.clear()
    assert lead(talks)[0] == [1, 2]


@pytest.mark.parametrize("trouble", [NotSent("a"), Lost("b"), Trouble("c")])
def test_trouble_is_raised_by_say_and_given_by_attempt(trouble: Trouble) -> None:
    said = say(message(0, 0, 0))
    next(said)
    with pytest.raises(type(trouble)):
        said.send([trouble])
    tried = attempt(say(message(0, 0, 0)))
    next(tried)
    with pytest.raises(StopIteration) as ended:
        tried.send([trouble])
    assert ended.value.value is trouble


def test_only_trouble_is_caught_by_attempt() -> None:
    def defect() -> Talk[None]:
        yield []
        raise KeyError

    tried = attempt(defect())
    next(tried)
    with pytest.raises(KeyError):
        tried.send([])


@calm
@given(any_names, st.sampled_from(Kind), st.floats(0, 10))
def test_a_question_is_one_message_that_may_have_to_wait(name: names.Name, kind: Kind, delay: float) -> None:
    asked = ask(name, kind, delay=delay)
    assert next(asked) == [Message(name, wire.question(name, kind), update=False, delay=delay)]
    reply: list[Reply] = [Answer(0)]
    with pytest.raises(StopIteration) as ended:
        asked.send(reply)
    assert ended.value.value == Answer(0)
