"""What `mxsync doctor` does with any provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mxsync import doctor, names
from mxsync.diagnostic import Severity
from mxsync.memory import MemoryProvider
from mxsync.provider import Capabilities, Check, Provider, ZoneBatch, ZoneRequest
from mxsync.reading import Absent, ZoneFailure, ZoneReading
from mxsync.registry import Unavailable
from mxsync.render import checks

ZONE = names.parse("example.com.")
REQUEST = ZoneRequest(ZONE, (ZONE,))


@dataclass(frozen=True)
class Silent:
    """A provider that only reads, and shows what it is given."""

    result: ZoneReading | ZoneFailure | None
    capabilities = Capabilities(condition="exact", lists_zone=False)

    def read(self, _requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        if self.result is None:
            raise RuntimeError("broken")
        yield self.result

    def write(self, _batches: Iterable[ZoneBatch]) -> Iterator[None]:
        raise AssertionError


def look(result: ZoneReading | ZoneFailure | None) -> list[Check]:
    provider: Provider = Silent(result)  # type: ignore[assignment]  # it is never written to
    return doctor.examine({"a": [REQUEST]}, {"a": provider})["a"]


def test_a_provider_that_proves_nothing_itself_is_read() -> None:
    assert look(ZoneReading(ZONE, "x", {ZONE: Absent()})) == [
        Check(ZONE, "zone", Severity.INFO, "can be read")
    ]


def test_a_zone_that_cannot_be_read_is_an_error() -> None:
    assert look(ZoneFailure(ZONE, "no such file")) == [Check(ZONE, "zone", Severity.ERROR, "no such file")]


def test_a_set_that_cannot_be_changed_is_a_warning() -> None:
    first, _ = look(ZoneReading(ZONE, "x", {ZONE: Absent(fixed="it is included")}))
    assert first == Check(ZONE, "right to write", Severity.WARNING, "it is included")


def test_a_provider_that_breaks_off_hides_nobody_else() -> None:
    providers: dict[str, Provider] = {"a": Silent(None), "b": MemoryProvider({ZONE: {}})}  # type: ignore[dict-item]
    found = doctor.examine({"a": [REQUEST], "b": [REQUEST]}, providers)
    assert [check.message for check in found["a"]] == ["the provider broke off: RuntimeError: broken"]
    assert [check.severity for check in found["b"]] == [Severity.INFO]


def test_a_provider_that_cannot_be_opened_says_why() -> None:
    (check,) = doctor.examine({"a": [REQUEST]}, {"a": Unavailable("no key file")})["a"]
    assert (check.severity, check.message) == (Severity.ERROR, "no key file")


def test_no_provider_is_nothing_to_do() -> None:
    assert doctor.examine({}, {}) == {}


def test_a_zone_of_which_the_same_is_found_twice_is_named_once() -> None:
    """As where a server that is not there is asked for its zones, and for their primary server."""
    found = [Check(ZONE, "server", Severity.ERROR, "is not there")] * 2
    assert checks.text({"a": found}).count("example.com.") == 1


def test_the_worst_comes_first_and_the_same_for_many_zones_once() -> None:
    zones = [names.parse(f"z{number}.test.") for number in range(5)]
    found = [Check(zone, "server", Severity.INFO, "is there") for zone in zones]
    found += [
        Check(None, "clock", Severity.WARNING, "is off"),
        Check(zones[0], "right", Severity.ERROR, "no\n"),
    ]
    assert checks.text({"a": found, "b": []}) == (
        "a:\n"
        "  \x1b[31merror\x1b[0m: right: no [z0.test.]\n"
        "  \x1b[33mwarning\x1b[0m: clock: is off\n"
        "  \x1b[32mok\x1b[0m: server: is there [z0.test., z1.test., z2.test. and 2 more]\n"
        "b:\n"
        "  nothing to examine: no zone uses it\n"
    )


def test_two_blocks_that_lead_to_one_zone_are_an_error_at_both() -> None:
    """As a plan has it: their changes would fight."""
    same = Silent(ZoneReading(ZONE, "backend", {ZONE: Absent()}))
    providers: dict[str, Provider] = {"a": same, "b": same}  # type: ignore[dict-item]
    found = doctor.examine({"a": [REQUEST], "b": [REQUEST]}, providers)
    for name in providers:
        message = "providers 'a' and 'b' reach the same zone (backend); name one of them for it"
        assert Check(ZONE, "zone", Severity.ERROR, message) in found[name]
