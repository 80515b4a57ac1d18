"""The server's own histogram of its event loop's lag, read from `/metrics` as a difference."""

import math
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

NAME = "event_loop_lag_seconds"
Buckets = dict[float, float]  # how many lasted at most so many seconds


def read(url: str) -> Buckets:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:  # noqa: S310 -- our own server
        return parsed(answer.read().decode())


def parsed(text: str) -> Buckets:
    return {
        float(sample.labels["le"]): sample.value
        for family in text_string_to_metric_families(text)
        if family.name == NAME
        for sample in family.samples
        if sample.name == f"{NAME}_bucket"
    }


def between(before: Buckets, after: Buckets) -> Buckets:
    return {bound: count - before.get(bound, 0) for bound, count in after.items()}


def together(a: Buckets, b: Buckets) -> Buckets:
    return {bound: a.get(bound, 0) + b.get(bound, 0) for bound in a | b}


def p99_bound(buckets: Buckets) -> float:
    """Return the bound of the bucket that the 99th percentile lies in: it is at most that."""
    total = buckets.get(math.inf, 0)
    if not total:
        return math.nan
    return min(bound for bound, count in buckets.items() if count >= 0.99 * total)
