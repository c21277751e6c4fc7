"""A strict Cloud DNS (API v1) over HTTP on 127.0.0.1, for tests.

Every request and every answer is held against Google's own discovery document of the API, `dns.v1.json`,
which google-api-python-client ships: paths, verbs, parameters, fields, types, formats. What the document
does not say is taken from the documents of Cloud DNS and from public reports of what the service answered.

What the real service has and this one does not show:

- No DNS: nothing is served or propagated; a change is done after a number of questions, not after a time.
  Its record sets are listed at once, as the real ones are.
- One project. Methods: managedZones.list and get, resourceRecordSets.list, changes.create and get; any
  other is answered with 501, and so is the parameter `fields`. Zones are made past the API
  (`Fake.new_zone`). No compression.
- Tokens never expire. They are what `Fake.trust` was told of, or come from the two ways of `oauth`: the key
  of a service account, and impersonation. Scopes are not looked at.
- Rights are not evaluated: a refusal comes where a test asks for it (`Fake.fail`).
- The SOA serial is not raised: the real service leaves that to its clients too (`gcloud dns record-sets
  transaction` does it, and has a flag to leave it).
- DNSSEC, health checks, ALIAS records, name servers per delegation, overlapping zones, quotas of a project
  other than those of a change, a set and a zone.

Where nothing is documented it is strict, or a guess:

- Deletions come before additions. A deletion matches if name, type, TTL and the texts of all records are
  equal, the records in any order. Names are kept in lower case, texts of records as they were given.
- The records of additions and of deletions count together towards the bytes of a change.
- A missing TTL is refused; the document's type would let it be 0.
- An unknown project is a 404 in the words of an unknown zone; a change of a peering or forwarding zone is
  a 400; the words and the status of an exceeded quota.
- A page token is good only for the question it came with. The order of lists is that of reversed names.
- A `has_suffix` matches text, not labels.
"""

from support.clouddns.errors import (
    BACKEND_ERROR,
    CREDENTIALS_MISSING,
    FORBIDDEN,
    INACTIVE_BILLING,
    INTERNAL_ERROR,
    INVALID_CREDENTIALS,
    QUOTA_EXCEEDED,
    RATE_LIMIT,
    SERVICE_DISABLED,
    TOO_MANY_REQUESTS,
    Refusal,
)
from support.clouddns.fake import Call, Fake, running_fake
from support.clouddns.faults import LOST, Fate
from support.clouddns.zone import Zone

__all__ = [
    "BACKEND_ERROR",
    "CREDENTIALS_MISSING",
    "FORBIDDEN",
    "INACTIVE_BILLING",
    "INTERNAL_ERROR",
    "INVALID_CREDENTIALS",
    "LOST",
    "QUOTA_EXCEEDED",
    "RATE_LIMIT",
    "SERVICE_DISABLED",
    "TOO_MANY_REQUESTS",
    "Call",
    "Fake",
    "Fate",
    "Refusal",
    "Zone",
    "running_fake",
]
