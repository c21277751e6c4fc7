"""Name servers that take dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others."""
