"""Fetches the key that a manifest block names."""

from __future__ import annotations

import logging
import stat
from typing import TYPE_CHECKING

from mxsync.errors import ProviderError
from mxsync_rfc2136 import keyfile
from mxsync_rfc2136.tsig import TsigKey, decode_secret

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.names import Name
    from mxsync.provider import Context
    from mxsync_rfc2136 import Tsig


_LOG = logging.getLogger("mxsync.rfc2136")


def load(tsig: Tsig, context: Context) -> TsigKey:
    """Give the key to sign with.

    Raises ProviderError, SecretUnavailable or NotAllowed; no message holds a secret.
    """
    if tsig.key_file is not None:
        return _of_file(context, context.base / tsig.key_file, tsig.key)
    # The model has seen to it that these two are given.
    assert tsig.name is not None  # noqa: S101
    assert tsig.secret is not None  # noqa: S101
    try:
        return TsigKey(tsig.name, tsig.algorithm, decode_secret(tsig.secret.reveal(context)))
    except ValueError as error:
        raise ProviderError(f"provider '{context.name}': TSIG key {tsig.name}: {error}") from None


def _of_file(context: Context, path: Path, wanted: Name | None) -> TsigKey:
    where = f"provider '{context.name}': key file {path}"
    try:
        if path.stat().st_mode & stat.S_IROTH:
            _LOG.warning(
                "%s can be read by everybody on this machine; take that away: chmod o-r %s", where, path
            )
        found = keyfile.parse(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ProviderError(f"{where} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ProviderError(f"{where} is no text") from None
    except keyfile.InvalidKeyFile as error:
        raise ProviderError(f"{where}: {error}") from None
    names = ", ".join(key.name for key in found)
    if wanted is None:
        if len(found) > 1:
            raise ProviderError(f"{where} has several keys; choose one with 'key': {names}")
        return found[0]
    for key in found:
        if key.name == wanted:
            return key
    raise ProviderError(f"{where} has no key {wanted}; it has: {names}")
