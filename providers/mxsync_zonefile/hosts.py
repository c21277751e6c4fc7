"""What a zone file says about hosts that are to take mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dns.rdatatype import RdataType

from mxsync import names
from mxsync.reading import Host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync_zonefile.content import Content

_ADDRESS = (RdataType.A, RdataType.AAAA)


def unfit_hosts(content: Content, hosts: Iterable[Name]) -> dict[Name, Host]:
    """Give those of the hosts that cannot take mail as far as the zone's own data says."""
    found: dict[Name, Host] = {}
    for host in hosts:
        if not names.is_within(host, content.zone) or _elsewhere(content, host):
            continue
        if (host, RdataType.CNAME) in content.sets:
            found[host] = Host.ALIAS
        elif not any((host, rdtype) in content.sets for rdtype in _ADDRESS):
            found[host] = Host.NO_ADDRESS
    return found


def _elsewhere(content: Content, host: Name) -> bool:
    """Whether the answer for a host may come from something else than its own records."""
    above = host
    while above != content.zone:
        if (above, RdataType.NS) in content.sets:
            return True
        above = names.parent(above)
        if (above, RdataType.DNAME) in content.sets:
            return True
        wildcard = names.parse("*", above)
        if any((wildcard, rdtype) in content.sets for rdtype in (*_ADDRESS, RdataType.CNAME)):
            return True
    return False
