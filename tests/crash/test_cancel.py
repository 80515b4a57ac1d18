"""A running job that somebody cancels ends at its worker's next beat."""

import http.client

from tests.crash.workshop import LEASE_SECONDS, Workshop
from tests.end_to_end.houle import access_token


def test_it_ends_within_a_beat(shop: Workshop) -> None:
    (job,) = shop.add(steps=1_000)
    shop.start_worker()
    shop.until(lambda: shop.told("began"))
    token = access_token(shop.server)
    asked = post(shop, f"/api/v1/jobs/{job}/cancel", token)

    shop.until(lambda: shop.states()[job] == "cancelled", patience=20 * LEASE_SECONDS)

    assert asked == 200
    (ended,) = shop.read(
        "SELECT (SELECT at FROM job_events WHERE job_id = :id AND type = 'cancelled')"
        " - (SELECT at FROM job_events WHERE job_id = :id AND type = 'cancel requested') AS ms",
        id=job,
    )
    assert ended.ms < 1000 * LEASE_SECONDS  # a beat is a third of it
    assert shop.history(job)[-1] == "cancelled"


def post(shop: Workshop, path: str, token: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", shop.server.port, timeout=10)
    connection.request("POST", path, headers={"Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status
