"""Makes the provider of a manifest block: fetches its keys, and says where its servers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.errors import MxsyncError, ProviderError
from mxsync_rfc2136 import keys
from mxsync_rfc2136.config import MNAME
from mxsync_rfc2136.provider import AT_ONCE, MOST, WRITING, Rfc2136Provider
from mxsync_rfc2136.server import Keys, Server, Tls
from mxsync_rfc2136.sign import Signer

if TYPE_CHECKING:
    from mxsync.provider import Context
    from mxsync_rfc2136.config import Rfc2136Config, Tsig
    from mxsync_rfc2136.endpoint import Endpoint


def open_provider(config: Rfc2136Config, context: Context) -> Rfc2136Provider:
    """Make the provider of a manifest block; asks no server.

    Raises MxsyncError where a key or a certificate cannot be had.
    """
    questions = _signer(config.tsig, context)
    updates = _updates_signer(config, context, questions)
    signers, tls = Keys(questions, updates), _tls(config, context)

    def server(endpoint: Endpoint) -> Server:
        return Server(endpoint, config.timeout, signers, tls, config.source)

    servers = [server(endpoint) for endpoint in config.endpoints()]
    primary: Server | None = servers[0]
    if config.primary is not None and config.primary.lower() == MNAME:
        primary = None
    elif config.primary is not None:
        endpoint = config.endpoint(config.primary)
        primary = next((it for it in servers if it.endpoint == endpoint), None) or server(endpoint)
    return Rfc2136Provider(
        tuple(servers),
        primary,
        lambda mname: server(config.endpoint(mname)),
        writing=context.writing,
        strict=config.cas == "soa",
        stopping=context.stopping,
        lines=min(context.parallel or WRITING.lines, MOST),
        at_once=min(context.parallel or AT_ONCE, MOST),
    )


def _updates_signer(config: Rfc2136Config, context: Context, questions: Signer | None) -> Signer | None:
    """Give who signs updates. Raises MxsyncError where that key cannot be had, and is needed."""
    if config.update_tsig is None:
        return questions
    try:
        return _signer(config.update_tsig, context)
    except MxsyncError:
        # Whoever only plans may be kept from the key that writes.
        if context.writing:
            raise
        return questions


def _signer(tsig: Tsig | None, context: Context) -> Signer | None:
    return Signer(keys.load(tsig, context)) if tsig else None


def _tls(config: Rfc2136Config, context: Context) -> Tls | None:
    if config.transport != "tls":
        return None
    import ssl  # noqa: PLC0415 - only where TLS is used

    where = context.base / config.ca_file if config.ca_file else None
    try:
        trusted = ssl.create_default_context(cafile=where)
    except OSError as error:
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ProviderError(f"provider '{context.name}': ca_file {where} cannot be used: {reason}") from error
    trusted.set_alpn_protocols(["dot"])
    # So that the file may also hold the server's own certificate; Python 3.13 does so by itself.
    trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return Tls(trusted, config.tls_name)
