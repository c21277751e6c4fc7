"""Debian's PowerDNS with its SQLite backend in a folder of the test; used like `support.named`.

It takes updates of any type from a key that may update at all, and questions from everybody. Its caches
keep their defaults: an update empties them for its names. DNAME needs the option `dname-processing=yes`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dns.name
import dns.rdatatype
import dns.zone

from support.nameserver import LOOPBACK, Right, Server, find, reserved_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support.nameserver import Key, Zone

SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
"""Of the Debian package pdns-backend-sqlite3."""


@contextmanager
def running_powerdns(
    folder: Path, zones: Sequence[Zone], keys: Sequence[Key] = (), *, options: str = ""
) -> Iterator[Server]:
    """Run `pdns_server` with these zones and keys until the block ends; all its files are in `folder`.

    It is ready when it gives the SOA of each zone. `options` are more lines of `pdns.conf`.
    Raises RuntimeError with the log if it does not start.
    """
    with reserved_port() as port:
        _write_configuration(folder, port, options)
        with closing(sqlite3.connect(folder / "pdns.db")) as database:
            _write_zones(database, zones, keys)
        command: list[str | Path] = [find("pdns_server"), f"--config-dir={folder}"]
        with running(Server(folder, port, command, zones, keys)) as server:
            yield server


def _write_configuration(folder: Path, port: int, options: str) -> None:
    (folder / "pdns.conf").write_text(
        f"""\
daemon=no
guardian=no
local-address={LOOPBACK}
local-port={port}
socket-dir={folder}
security-poll-suffix=
launch=gsqlite3
gsqlite3-database={folder}/pdns.db
dnsupdate=yes
allow-axfr-ips=
{options}
""",
        "utf-8",
    )


def _write_zones(database: sqlite3.Connection, zones: Sequence[Zone], keys: Sequence[Key]) -> None:
    """Write what `pdnsutil load-zone`, `import-tsig-key` and `set-meta` would, which take long for many."""
    if not SCHEMA.is_file():
        raise RuntimeError("the tests need PowerDNS with SQLite: run scripts/install-test-servers")
    database.executescript(SCHEMA.read_text("utf-8"))
    with database:
        database.executemany(
            "INSERT INTO tsigkeys (name, algorithm, secret) VALUES (?, ?, ?)",
            [(key.name, key.algorithm, key.secret) for key in keys],
        )
        meta = [("SOA-EDIT-DNSUPDATE", "INCREASE")]
        meta += [("TSIG-ALLOW-DNSUPDATE", key.name) for key in keys if key.right is not Right.READ]
        meta += [("TSIG-ALLOW-AXFR", key.name) for key in keys if key.right is not Right.MX]
        for zone in zones:
            insert = "INSERT INTO domains (name, type) VALUES (?, 'NATIVE')"
            number = database.execute(insert, (zone.name.rstrip("."),)).lastrowid
            database.executemany(
                f"INSERT INTO domainmetadata (domain_id, kind, content) VALUES ({number}, ?, ?)", meta
            )
            database.executemany(
                "INSERT INTO records (domain_id, name, type, ttl, prio, content, auth) "
                f"VALUES ({number}, ?, ?, ?, ?, ?, 1)",
                _rows(zone),
            )


def _rows(zone: Zone) -> Iterator[tuple[str, str | None, int | None, int | None, str | None]]:
    """Give owner, type, TTL, preference and data of each record, as `load-zone` and `rectify-zone` do."""
    origin = dns.name.from_text(zone.name)
    data = dns.zone.from_text(zone.text, origin, relativize=False, check_origin=False)
    nodes = set(data.nodes)
    for node in data.nodes:
        # A name without records of its own, between those that have some.
        above = node
        while above != origin and (above := above.parent()) not in nodes:
            nodes.add(above)
            yield _text(above), None, None, None, None
    for owner, ttl, rdata in data.iterate_rdatas():
        kind, preference, content = dns.rdatatype.to_text(rdata.rdtype), "0", rdata.to_text()
        if kind in {"MX", "SRV"}:
            preference, _, content = content.partition(" ")
        if kind != "TXT":
            content = " ".join(word.removesuffix(".") or "." for word in content.split(" "))
        yield _text(owner), kind, ttl, int(preference), content


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
