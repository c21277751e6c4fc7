"""Certificates for BIND, so that it serves DNS over TLS.

authority = trustme.CA()
with reserved_port() as port, running_named(
    tmp_path, zones, keys, **over_tls(tmp_path, {port: authority.issue_cert("127.0.0.1")})
):
    ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import trustme


def over_tls(folder: Path, certificates: Mapping[int, trustme.LeafCert]) -> dict[str, str]:
    """Write certificates down; give `options` and `statements` of `named`, which shows each at its port."""
    options, statements = "", ""
    for port, certificate in certificates.items():
        key, chain = folder / f"{port}.key.pem", folder / f"{port}.cert.pem"
        certificate.private_key_pem.write_to_path(key)
        for number, pem in enumerate(certificate.cert_chain_pems):
            pem.write_to_path(chain, append=number > 0)
        options += f"listen-on port {port} tls t{port} {{ 127.0.0.1; }};\n"
        statements += f'tls t{port} {{ cert-file "{chain}"; key-file "{key}"; }};\n'
    return {"options": options, "statements": statements}
