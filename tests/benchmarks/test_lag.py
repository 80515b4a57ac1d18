"""A percentile is a value that was measured, or the bound of the bucket that holds it."""

import math

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from benchmarks.lag_metric import NAME, between, p99_bound, parsed, together
from benchmarks.probe import p99


def exposed(values: list[float]) -> str:
    registry = CollectorRegistry()
    histogram = Histogram(NAME, "late", buckets=(0.001, 0.01, 0.1), registry=registry)
    for value in values:
        histogram.observe(value)
    return generate_latest(registry).decode()


def test_99_of_100_do_not_exceed_the_percentile() -> None:
    assert p99([float(n) for n in range(100, 0, -1)]) == 99.0
    assert p99([7.0]) == 7.0


def test_the_bound_is_that_of_the_bucket_with_the_percentile() -> None:
    assert p99_bound(parsed(exposed([0.0005] * 99 + [0.05]))) == 0.001
    assert p99_bound(parsed(exposed([0.0005] * 98 + [0.05, 0.005]))) == 0.01
    assert p99_bound(parsed(exposed([0.0005, 3.0]))) == math.inf


def test_without_an_observation_there_is_no_percentile() -> None:
    assert math.isnan(p99_bound(parsed(exposed([]))))


def test_only_what_came_between_two_readings_counts() -> None:
    before = parsed(exposed([0.05] * 50))
    after = parsed(exposed([0.05] * 50 + [0.0005] * 10))

    assert p99_bound(between(before, after)) == 0.001


def test_rounds_are_added() -> None:
    quiet, loud = parsed(exposed([0.0005] * 4)), parsed(exposed([0.05] * 4))

    assert p99_bound(together(quiet, loud)) == 0.1
    assert p99_bound(together({}, quiet)) == 0.001
