"""A server that lists in another order than Route 53 does, as ministack: slower, and never wrong."""

from __future__ import annotations

from pathlib import Path

import boto3

from mxsync import names
from support.ministack import running_ministack
from support.route53.site import open_block, plan_of
from support.sets import mx_set

SET = mx_set(300, "10 mx.example.net.")
ZONES = [names.parse(name) for name in ("b.example.com", "a.example.net", "c.example.org")]


def test_zones_are_found_where_they_are_sorted_in_another_way(tmp_path: Path) -> None:
    with running_ministack(tmp_path) as url:
        session = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        )
        client = session.client("route53", endpoint_url=url)
        for zone in ZONES:
            client.create_hosted_zone(Name=zone, CallerReference=zone)
        missing = names.parse("d.example.com")
        plan = plan_of(open_block(url, tmp_path), {zone: {"@": SET} for zone in (*ZONES, missing)})
    assert sorted(item.zone for item in plan.changes) == sorted(ZONES)
    assert [item.zone for item in plan.failed] == [missing]
