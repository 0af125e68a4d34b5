"""Several customers at once: what they share inside the sandbox is loaded once and under a lock."""

from __future__ import annotations

import threading

from app.sandbox import soap


def test_schema_is_loaded_by_many_threads_at_once() -> None:
    failures: list[BaseException] = []
    for _round in range(20):
        soap._built_schema.cache_clear()
        start = threading.Barrier(8)

        def load(start: threading.Barrier = start) -> None:
            start.wait()
            try:
                soap.load_schema("EInvoiceWS")
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
