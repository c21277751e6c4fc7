"""Where in a manifest something is said, and of which zone and owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.manifest.document import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from mxsync.manifest.document import Node
    from mxsync.names import Name


class Spot(NamedTuple):  # several for each owner: a dataclass takes three times as long to make
    """A value in a file, or a key."""

    file: str
    node: Node
    zone: Name | None = None
    owner: Name | None = None

    def of(self, zone: Name | None, owner: Name | None = None) -> Spot:
        """Say of which zone and owner this is."""
        return Spot(self.file, self.node, zone, owner)

    def place(self, offset: int = 0) -> Place:
        """Give the place, `offset` characters into the value."""
        return Place(self.file, self.node.line, self.node.column + offset)

    def below(self, key: str | int) -> Spot:
        """Go to a member of the value; stay where there is none, as in short forms."""
        if isinstance(self.node, Mapping) and key in self.node.items:
            return self._to(self.node.items[str(key)])
        if isinstance(self.node, Sequence) and isinstance(key, int):
            return self._to(self.node.items[key])
        return self

    def key(self, key: str) -> Spot:
        """Go to a key of the mapping here."""
        return self._to(self.node.keys[key]) if isinstance(self.node, Mapping) else self

    def _to(self, node: Node) -> Spot:
        return Spot(self.file, node, self.zone, self.owner)

    def exchange(self, record: int) -> Place:
        """Give the place of the exchange in a record of the list here."""
        at = self.below(record)
        if isinstance(at.node, Scalar):
            if not at.node.verbatim:
                return at.place()
            exchange = at.node.text.split(maxsplit=1)[1]
            return at.place(at.node.text.index(exchange, 1) + at.node.quoted)
        return at.below("exchange").place()

    def finding(
        self,
        rule: str,
        message: str,
        what_to_do: str | None = None,
        *,
        severity: Severity = Severity.ERROR,
        place: Place | None = None,
    ) -> Diagnostic:
        """Make a finding about what is here."""
        return Diagnostic(rule, severity, message, place or self.place(), what_to_do, self.zone, self.owner)
