"""Any faults of a network in any order: no report is wrong."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from mxsync.change import Outcome
from support.relay import FAULTS, Fate, relay
from support.rfc2136 import Site
from support.trial import ZONES, Trial


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_no_sequence_of_faults_makes_a_report_wrong(office: Site, rate: float) -> None:
    """`applied` is there, `failed` is unchanged, `unknown` is one of both; and nothing is made twice."""

    def run(seed: int) -> Counter[Outcome]:
        chance = random.Random(f"{rate} {seed}")
        lot = ZONES[seed % 10 :: 10]

        def judge(_: bytes, __: int) -> Fate:
            return chance.choice(FAULTS) if chance.random() < rate else "pass"

        with locks[seed % 10]:
            trial = Trial(office.server, office.keys["other"], lot)
            with relay(office.server.address, office.server.port, judge, late=0.3) as port:
                report, _ = trial.apply(office.open(port=port, timeout=0.2))
            try:
                trial.check(report)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {error}") from error
            return Counter(result.outcome for result in report.results)

    locks = [threading.Lock() for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        outcomes = sum(pool.map(run, range(40)), Counter[Outcome]())
    assert outcomes.total() == 40 * 4 * 3
    assert outcomes[Outcome.APPLIED]
