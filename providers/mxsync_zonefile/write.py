"""The changes of one zone on their way into its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.change import ChangeOutcome, Outcome
from mxsync.reading import Blocked, Unreadable, set_of
from mxsync_zonefile.edit import Uneditable, edit
from mxsync_zonefile.folder import ENCODING
from mxsync_zonefile.interpret import Unusable
from mxsync_zonefile.proof import prove
from mxsync_zonefile.reload import NotStarted, Reload, ReloadFailed
from mxsync_zonefile.serial import next_serial
from mxsync_zonefile.store import FileTrouble, Held, locked, read_file

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_zonefile.content import Content
    from mxsync_zonefile.folder import Folder


@dataclass(slots=True)
class ZoneWrite:
    """Changes of one zone; `open` are those without an outcome yet."""

    folder: Folder
    zone: Name
    open: dict[Name, Change]
    outcomes: list[ChangeOutcome] = field(default_factory=list)

    def run(self, reload: Reload | None, today: date, lock_wait: float) -> list[ChangeOutcome]:
        """Write what can be written, in one edit; give an outcome for every change.

        The lock is held from the reading of the file until the name server has it.
        """
        try:
            path = self.folder.file_of(self.zone)
            with locked(path, wait=lock_wait) as held:
                content = self.folder.interpret(self.zone, path, held.data)
                self.compare(self.folder.readings(path, content, self.open))
                new = self.edited(path, content, today)
                if new:
                    if reload:
                        reload.check(self.plain_name)
                    old = held.data
                    held.replace(new.text.encode(ENCODING))
                    if reload:
                        self.reload_or_undo(reload, held, old)
                    if self.open:
                        self.look(path, held, new)
        except NotStarted as error:
            self.close_all(Outcome.FAILED, f"reload: {error}; nothing was written")
        except (FileTrouble, Unusable) as error:
            self.close_all(Outcome.FAILED, str(error))
        return self.outcomes

    def refused(self, message: str) -> list[ChangeOutcome]:
        """Give `failed` for every change; nothing is touched."""
        self.close_all(Outcome.FAILED, message)
        return self.outcomes

    @property
    def plain_name(self) -> str:
        """The zone's name for the reload command."""
        return "." if self.zone == names.ROOT else self.zone.removesuffix(".")

    def close(
        self, owner: Name, outcome: Outcome, message: str = "", found: OwnerReading | None = None
    ) -> None:
        """Give a change its outcome."""
        del self.open[owner]
        self.outcomes.append(ChangeOutcome(self.zone, owner, outcome, message, found))

    def close_all(self, outcome: Outcome, message: str, *, final: bool = False) -> None:
        """Give all changes that are open the same outcome."""
        self.outcomes += [
            ChangeOutcome(self.zone, owner, outcome, message, final=final) for owner in self.open
        ]
        self.open.clear()

    def compare(self, shown: dict[Name, OwnerReading]) -> None:
        """Close what is not as it was."""
        for owner, change in list(self.open.items()):
            found = shown[owner]
            if isinstance(found, Blocked):
                self.close(owner, Outcome.BLOCKED, found.reason, found)
            elif isinstance(found, Unreadable):
                self.close(owner, Outcome.FAILED, found.message, found)
            elif set_of(found) != change.before:
                self.close(
                    owner, Outcome.CONFLICT, "the set in the file is not what it was; plan again", found
                )
            elif found.fixed:
                self.close(owner, Outcome.BLOCKED, found.fixed, found)

    def edited(self, path: Path, content: Content, today: date) -> Content | None:
        """Give the new content, which is proven to say what it shall; None if nothing can be changed.

        A change that cannot be proven is closed, and does not stop the others.
        """
        serial = next_serial(content.serial, today)
        new = self.sifted(path, content, list(self.open.values()), serial)
        if new or not self.open:
            return new
        try:
            return self.proven(path, content, list(self.open.values()), serial)
        except Uneditable as error:
            self.close_all(Outcome.BLOCKED, str(error))
            return None

    def sifted(self, path: Path, content: Content, changes: list[Change], serial: int) -> Content | None:
        """Give the new content if these changes can be proven together; if not, close those to blame."""
        if not changes:
            return None
        try:
            return self.proven(path, content, changes, serial)
        except Uneditable as error:
            if len(changes) == 1:
                self.close(changes[0].owner, Outcome.BLOCKED, str(error))
                return None
        half = len(changes) // 2
        self.sifted(path, content, changes[:half], serial)
        self.sifted(path, content, changes[half:], serial)
        return None

    def proven(self, path: Path, content: Content, changes: list[Change], serial: int) -> Content:
        """Make these changes in the content, and prove the result.

        Raises Uneditable.
        """
        data = edit(content, changes, serial).encode(ENCODING)
        try:
            new = self.folder.interpret(self.zone, path, data, content)
        except Unusable as error:
            raise Uneditable(f"the edited file would not be valid; nothing was written: {error}") from None
        prove(content, new, changes, serial)
        return new

    def reload_or_undo(self, reload: Reload, held: Held, old: bytes) -> None:
        """Tell the name server; if it does not take the file, put the old one back and tell it again.

        What it has is not known if that fails too, and no reading of the file would show it.
        """
        try:
            reload.run(self.plain_name)
        except ReloadFailed as error:
            message = f"reload: {error}"
            try:
                held.replace(old)
                if isinstance(error, NotStarted):
                    self.close_all(Outcome.FAILED, f"{message}; the old file was put back")
                    return
                reload.run(self.plain_name)
            except FileTrouble as trouble:
                self.close_all(
                    Outcome.UNKNOWN, f"{message}; the new file stays in place: {trouble}", final=True
                )
            except ReloadFailed as second:
                message += f"; the old file is back in place, and its reload failed too: {second}"
                self.close_all(Outcome.UNKNOWN, message, final=True)
            else:
                self.close_all(Outcome.FAILED, f"{message}; the old file was put back and reloaded")

    def look(self, path: Path, held: Held, new: Content) -> None:
        """Close the rest with what the file says now."""
        try:
            data = read_file(path)
            content = new if data == held.data else self.folder.interpret(self.zone, path, data)
            shown = self.folder.readings(path, content, self.open)
        except (FileTrouble, Unusable) as error:
            self.close_all(Outcome.UNKNOWN, f"the new file was written and could not be read again: {error}")
            return
        for owner, change in list(self.open.items()):
            if set_of(shown[owner]) == change.after:
                self.close(owner, Outcome.APPLIED, found=shown[owner])
            else:
                message = "the new file was written, and somebody else has changed it since; plan again"
                self.close(owner, Outcome.UNKNOWN, message, shown[owner])
