"""AssumeRole and GetCallerIdentity of STS (STS API Reference 2011-06-15, query protocol)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

from support.route53.errors import Refusal
from support.route53.signature import Credential

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
ACCOUNT = "123456789012"
_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/([\w+=,.@/-]+)")
_SESSION = re.compile(r"[\w+=,.@-]{2,64}")


def parse(body: bytes) -> dict[str, str]:
    """Read a form ("Making query requests")."""
    form = {name: found[0] for name, found in parse_qs(body.decode(), keep_blank_values=True).items()}
    if form.get("Version") != "2011-06-15" or form.get("Action") not in {"AssumeRole", "GetCallerIdentity"}:
        raise Refusal("InvalidAction", f"Could not find operation {form.get('Action')}")
    return form


def assume_role(form: dict[str, str], number: int) -> tuple[bytes, Credential]:
    """Give the answer and the new credential; each call makes another one."""
    role, session = _ROLE.fullmatch(form.get("RoleArn", "")), form.get("RoleSessionName", "")
    if role is None or not _SESSION.fullmatch(session):
        raise Refusal("ValidationError", "1 validation error detected: RoleArn or RoleSessionName is invalid")
    credential = Credential(f"ASIA{number:016d}", f"secret-of-session-{number}", f"token-of-session-{number}")
    account, name = role.groups()
    top, result = _answer("AssumeRole")
    given = ET.SubElement(result, "Credentials")
    for tag, text in (
        ("AccessKeyId", credential.access_key),
        ("SecretAccessKey", credential.secret_key),
        ("SessionToken", credential.token or ""),
        ("Expiration", "2099-01-01T00:00:00Z"),
    ):
        ET.SubElement(given, tag).text = text
    user = ET.SubElement(result, "AssumedRoleUser")
    ET.SubElement(user, "AssumedRoleId").text = f"AROAEXAMPLE:{session}"
    ET.SubElement(user, "Arn").text = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    return ET.tostring(top), credential


def caller_identity() -> bytes:
    """Say that the caller is a user of the one account that the fake has."""
    top, result = _answer("GetCallerIdentity")
    for tag, text in (
        ("Arn", f"arn:aws:iam::{ACCOUNT}:user/mail"),
        ("UserId", "AIDAEXAMPLE"),
        ("Account", ACCOUNT),
    ):
        ET.SubElement(result, tag).text = text
    return ET.tostring(top)


def error(refusal: Refusal) -> bytes:
    top = ET.Element("ErrorResponse", xmlns=NAMESPACE)
    inner = ET.SubElement(top, "Error")
    for tag, text in (("Type", "Sender"), ("Code", refusal.code), ("Message", refusal.message)):
        ET.SubElement(inner, tag).text = text
    ET.SubElement(top, "RequestId").text = "request"
    return ET.tostring(top)


def _answer(action: str) -> tuple[ET.Element, ET.Element]:
    top = ET.Element(f"{action}Response", xmlns=NAMESPACE)
    result = ET.SubElement(top, f"{action}Result")
    ET.SubElement(ET.SubElement(top, "ResponseMetadata"), "RequestId").text = "request"
    return top, result
