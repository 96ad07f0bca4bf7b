"""Which claims make pairs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.matching.assignment import Claim, assign
from tests.examples import examples


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), unique_by=lambda c: c[:2]))
def test_claims_pair_only_what_is_best_for_both(claims: list[tuple[int, int, int]]) -> None:
    """No summary and no item twice, and never a pair that either side has a better choice for."""
    found = assign([Claim(s, i, float(w)) for s, i, w in claims], taken=[5])
    weights = {(s, i): w for s, i, w in claims}
    assert len({s for s, _ in found.pairs}) == len({i for _, i in found.pairs}) == len(found.pairs)
    for s, i in found.pairs:
        assert i != 5
        assert all(w < weights[s, i] for (a, b), w in weights.items() if a == s and b != i)
        assert all(w <= weights[s, i] for (a, b), w in weights.items() if b == i)
