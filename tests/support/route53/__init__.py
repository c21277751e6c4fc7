"""A strict Route 53 (API version 2013-04-01) over HTTP on 127.0.0.1, for tests.

Written from AWS's documents; comments name the section. Its shapes are held against botocore's service
model by `tests/providers/route53/test_route53_fake.py`, and its answers go through botocore's parser.

What the real service has and this one does not show:

- No DNS: nothing is served or propagated; INSYNC comes after a number of questions, not after a time.
- One account, one region. Policies are not evaluated: AccessDenied comes where a test asks for it, and
  for the names in `Service.forbidden`.
- Zones are made past the API (`Fake.new_zone`); health checks, VPCs, tags, DNSSEC, traffic policies,
  record-set protections and accelerated recovery are not there. Alias targets and health checks need
  not exist.
- Values of types other than A, AAAA, CNAME, MX, NS, PTR, SPF and TXT are not checked.
- The words of errors are those of public reports where there are any; only their codes are documented.
- The documents want the elements of a request in their order. botocore writes them in the order of the
  caller's dictionary, and programs that live from that show that any order is taken: so it is here.
- Where the documents are silent it is strict: values match in a DELETE if their text is equal, in any
  order; escapes count in the sort order of records as they do in that of zones; ListHostedZones has no
  useful order; a MaxItems above the most is echoed as the most; requests that were throttled do not
  count against the rate.
"""

from support.route53.errors import (
    ACCESS_DENIED,
    EXPIRED_TOKEN,
    INVALID_TOKEN,
    PRIOR_REQUEST,
    THROTTLING,
    WRONG_SIGNATURE,
    Refusal,
)
from support.route53.fake import Call, Fake, running_fake
from support.route53.faults import Fate
from support.route53.signature import Credential
from support.route53.zone import HostedZone

__all__ = [
    "ACCESS_DENIED",
    "EXPIRED_TOKEN",
    "INVALID_TOKEN",
    "PRIOR_REQUEST",
    "THROTTLING",
    "WRONG_SIGNATURE",
    "Call",
    "Credential",
    "Fake",
    "Fate",
    "HostedZone",
    "Refusal",
    "running_fake",
]
