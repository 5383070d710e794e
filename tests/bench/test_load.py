"""The load on a server: asked for real, and its arithmetic."""

from __future__ import annotations

import asyncio

import pytest

from bench.load import answered, measured, slope, told


@pytest.mark.parametrize(
    ("points", "expected"),
    [([], 0.0), ([(1, 5)], 0.0), ([(0, 10), (10, 30)], 2.0), ([(0, 5), (1, 5), (2, 5)], 0.0), ([(3, 1), (3, 2)], 0.0)],
)
def test_the_slope_is_that_of_the_least_squares_line(points: list[tuple[int, int]], expected: float) -> None:
    assert slope(points) == expected


@pytest.mark.parametrize(
    ("response", "good"),
    [
        (b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"text": 1}', True),
        (b'HTTP/1.1 503 No\r\nContent-Length: 11\r\n\r\n{"text": 1}', False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", False),
    ],
)
def test_only_answers_count_as_good(response: bytes, good: bool) -> None:
    async def read() -> bool:
        reader = asyncio.StreamReader()
        reader.feed_data(response)
        return await answered(reader)

    assert asyncio.run(read()) is good


def test_a_real_server_answers_every_request() -> None:
    found = measured(requests=30, clients=4, workers=1, remember=512)

    assert (found.requests, found.clients, found.failed) == (30, 4, 0)
    assert found.rate > 0
    assert 0 < found.p50_ms <= found.p99_ms <= found.slowest_ms
    assert "30 requests, 4 clients" in told(found)
