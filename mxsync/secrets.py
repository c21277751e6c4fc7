"""References to secrets: a manifest says where a secret is, never what it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Self

import pydantic

from mxsync.errors import NotAllowed, SecretUnavailable
from mxsync.strict import PathText, Strict, without_null

if TYPE_CHECKING:
    from typing import Any

    from mxsync.provider import Context

EXEC_TIMEOUT = 30
"""For how many seconds a command may take to give a secret."""


def _one_key(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema what `SecretRef` checks by itself."""
    without_null(schema)
    schema |= {"minProperties": 1, "maxProperties": 1}


class SecretRef(Strict):
    """Where a secret is: `{env: NAME}`, `{file: path}` or `{exec: [command, argument, …]}`."""

    model_config = pydantic.ConfigDict(json_schema_extra=_one_key)

    env: str | None = pydantic.Field(
        None, pattern="^[A-Za-z_][A-Za-z0-9_]*$", description="the name of an environment variable"
    )
    file: PathText | None = pydantic.Field(None, description="a file, relative to the manifest")
    exec: Annotated[list[str], pydantic.Field(min_length=1)] | None = pydantic.Field(
        None, description="a command whose output is the secret; needs --allow-exec"
    )

    @pydantic.model_validator(mode="after")
    def _just_one(self) -> Self:
        if len(self.model_fields_set) != 1 or all(value is None for _, value in self):
            raise ValueError("give just one of env, file and exec")
        return self

    def reveal(self, context: Context) -> str:
        """Fetch the secret, without white space around it.

        Raises SecretUnavailable if there is none, NotAllowed for a command without leave.
        """
        if self.env is not None:
            value, where = os.environ.get(self.env, ""), f"environment variable {self.env}"
        elif self.file is not None:
            value, where = self._of_file(context), f"file {context.base / self.file}"
        else:
            value, where = self._of_command(context), f"command {(self.exec or [''])[0]}"
        if not value.strip():
            raise SecretUnavailable(
                f"provider '{context.name}': the {where} gives no secret: it is empty or not set"
            )
        return value.strip()

    def _of_file(self, context: Context) -> str:
        assert self.file is not None  # noqa: S101 - the caller has looked
        path = context.base / self.file
        try:
            return path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise SecretUnavailable(
                f"provider '{context.name}': cannot read secret file {path}: {reason}"
            ) from error

    def _of_command(self, context: Context) -> str:
        assert self.exec is not None  # noqa: S101 - the caller has looked
        program = self.exec[0]
        if not context.allow_exec:
            raise NotAllowed(
                f"provider '{context.name}': its secret comes from the command {program}; "
                "allow that with --allow-exec if you trust this manifest"
            )
        import subprocess  # noqa: PLC0415 - only for secrets that a command gives

        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell, and the operator has allowed it
                self.exec,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=EXEC_TIMEOUT,
                cwd=context.base,
            )
            return done.stdout.decode("utf-8")
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
            reason = {
                subprocess.TimeoutExpired: f"it took longer than {EXEC_TIMEOUT} s",
                UnicodeDecodeError: "its output is no text",
            }.get(type(error))
            if isinstance(error, subprocess.CalledProcessError):
                reason = f"it ended with {error.returncode}"
            elif isinstance(error, OSError):
                reason = error.strerror
            # Neither output nor arguments are shown: either may hold the secret.
            raise SecretUnavailable(
                f"provider '{context.name}': the command {program} gives no secret: {reason}"
            ) from None
