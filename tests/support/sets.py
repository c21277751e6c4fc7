"""Short ways to write MX sets, and hypothesis strategies that make them."""

from __future__ import annotations

from hypothesis import strategies as st

from mxsync import names
from mxsync.model import MAX_PREFERENCE, MX, MXSet
from mxsync.testing.contract import mx_set

__all__ = ["labels", "mx_set", "mx_sets", "names_below"]

labels = st.binary(min_size=1, max_size=63)
"""Labels of any octets, as DNS allows."""


def names_below(zone: names.Name) -> st.SearchStrategy[names.Name]:
    """Few short names, so that two draws often meet."""
    return st.sampled_from(["@", "a", "b", "lists", "*", "x.y"]).map(lambda text: names.parse(text, zone))


_records = st.builds(
    MX,
    st.one_of(st.integers(0, 3), st.integers(0, MAX_PREFERENCE)),
    st.sampled_from(["mx1.example.net.", "mx2.example.net.", "mx.example.org.", "."]).map(names.parse),
)

mx_sets = st.builds(
    MXSet.of, st.sampled_from([0, 60, 300, 3600, 2**31 - 1]), st.sets(_records, min_size=1, max_size=4)
)
"""Sets that DNS can serve, good ones and bad ones."""
