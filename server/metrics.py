"""What Prometheus may ask of this process."""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_HTTP = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0, 60.0)

HTTP_REQUESTS = Counter("http_requests_total", "Requests answered.", ("method", "route", "status"))
HTTP_SECONDS = Histogram(
    "http_request_duration_seconds", "From header to last byte.", ("method", "route"), buckets=_HTTP
)
HTTP_IN_FLIGHT = Gauge(
    "http_requests_in_flight", "Requests being answered.", multiprocess_mode="livesum"
)
DATABASE_SECONDS = Histogram(
    "database_seconds", "Time inside a query or transaction.", ("kind",), buckets=_FAST
)
JOBS = Gauge("jobs", "Jobs that wait or run.", ("state", "pool"), multiprocess_mode="mostrecent")
JOBS_OLDEST_PENDING = Gauge(
    "jobs_oldest_pending_seconds",
    "How long the next job has been due.",
    ("pool",),
    multiprocess_mode="mostrecent",
)
WORKERS_ALIVE = Gauge(
    "workers_alive", "Workers that are there.", ("pool",), multiprocess_mode="mostrecent"
)
JOBS_REAPED = Counter("jobs_reaped_total", "Leases that were taken back from lost workers.")
LINK_DROPPED = Counter(
    "link_dropped_total", "Transient events that other machines were not told: too large, too many."
)
LOOP_LAG_SECONDS = Histogram(
    "event_loop_lag_seconds", "How late a timer of the event loop fires.", buckets=_FAST
)
