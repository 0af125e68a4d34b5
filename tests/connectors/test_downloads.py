"""Fetching a published file from a server of our own that misbehaves in every way: whole, or one sentence."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from app.connectors.downloads import Download, download
from app.domain.errors import AppError, JobCancelled
from tests.connectors.rawserver import BODY, Server, reply


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def refused(address: str, code: str, *words: str, max_bytes: int = 1 << 24, **more: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        download(address, max_bytes=max_bytes, **more)
    error = caught.value
    assert error.code == code
    assert error.what and error.why and error.todo
    assert all(word in error.sentence for word in words), error.sentence
    return error


def test_the_whole_file_with_what_the_server_calls_it(server: Server) -> None:
    server.answer = reply(ETag='"7"')
    assert download(server.address, max_bytes=1 << 24) == Download(raw=BODY, tag='"7"')
    assert "If-None-Match" not in server.requests[0]


def test_what_is_unchanged_is_not_sent_again(server: Server) -> None:
    server.answer = reply(b"", status="304 Not Modified")
    assert download(server.address, max_bytes=1 << 24, tag='"7"') == Download(raw=None, tag='"7"')
    assert 'If-None-Match: "7"' in server.requests[0]
    # A server that says so unasked has not sent a file.
    refused(server.address, "DOWNLOAD.REFUSED", "304")


def test_a_cut_transfer_is_an_error_and_the_next_try_begins_anew(server: Server) -> None:
    server.answer = reply(BODY[: len(BODY) // 2], length=len(BODY))
    error = refused(server.address, "DOWNLOAD.CUT", "koptu")
    assert error.retry_safe
    server.answer = reply()
    assert download(server.address, max_bytes=1 << 24).raw == BODY
    assert "Range" not in server.requests[1]


def test_a_cut_transfer_without_a_length_is_left_to_who_reads_the_file(server: Server) -> None:
    def send(connection: socket.socket, _head: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY[:1000])

    server.answer = send
    assert download(server.address, max_bytes=1 << 24).raw == BODY[:1000]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<!DOCTYPE html><html>bakim</html>", ""), (b"\n <html>", "application/zip"), (b"x", "text/html; charset=utf-8")],
)
def test_a_page_instead_of_the_file_is_called_a_page(server: Server, body: bytes, kind: str) -> None:
    server.answer = reply(body, Content_Type=kind) if kind else reply(body)
    refused(server.address, "DOWNLOAD.PAGE", "web sayfası")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 Forbidden"])
def test_a_refusal_names_its_number(server: Server, status: str) -> None:
    server.answer = reply(b"yok", status=status)
    refused(server.address, "DOWNLOAD.REFUSED", status[:3])


def test_a_redirect_on_the_same_host_is_followed(server: Server) -> None:
    def answer(connection: socket.socket, head: str) -> None:
        is_moved = head.startswith("GET /paket.zip")
        there = reply(b"", status="302 Found", Location="/yeni.zip") if is_moved else reply()
        there(connection, head)

    server.answer = answer
    assert download(server.address, max_bytes=1 << 24).raw == BODY


@pytest.mark.parametrize("place", ["http://localhost:{port}/paket.zip", "https://kotu.example/paket.zip"])
def test_a_redirect_to_another_site_is_not_followed(server: Server, place: str) -> None:
    server.answer = reply(b"", status="302 Found", Location=place.format(port=server.port))
    refused(server.address, "DOWNLOAD.ELSEWHERE", place.split("/")[2].split(":")[0], "adres dosyasına")
    assert len(server.requests) == 1


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/a.zip", "http://kotu.example/a.zip"])
def test_a_redirect_to_no_secure_address_is_not_followed(server: Server, place: str) -> None:
    server.answer = reply(b"", status="302 Found", Location=place)
    refused(server.address, "DOWNLOAD.ADDRESS", "https")
    assert len(server.requests) == 1


def test_a_circle_of_redirects_ends(server: Server) -> None:
    server.answer = reply(b"", status="302 Found", Location="/paket.zip")
    refused(server.address, "DOWNLOAD.REFUSED", "durmadan")
    assert len(server.requests) == 5


@pytest.mark.parametrize("length", [None, 0], ids=["announced", "hidden"])
def test_what_is_too_large_is_not_taken_in(server: Server, length: int | None) -> None:
    if length is None:
        server.answer = reply()
    else:
        server.answer = lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + BODY)
    refused(server.address, "DOWNLOAD.TOO_BIG", max_bytes=100_000)


def test_a_server_that_falls_silent_is_left(server: Server) -> None:
    def hang(connection: socket.socket, _head: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + BODY[:1000])
        server.released.wait(30)

    server.answer = hang
    refused(server.address, "DOWNLOAD.CUT", silence_s=0.2)


def test_a_server_that_never_answers_is_left(server: Server) -> None:
    def wait(_connection: socket.socket, _head: str) -> None:
        server.released.wait(30)

    server.answer = wait
    refused(server.address, "DOWNLOAD.UNREACHABLE", silence_s=0.2)


def test_a_transfer_without_end_is_left(server: Server) -> None:
    server.answer = reply()
    refused(server.address, "DOWNLOAD.CUT", "çok uzun", deadline_s=-1.0)


def test_a_cancel_ends_it_between_the_pieces(server: Server) -> None:
    asked = iter(range(100))

    def checkpoint() -> None:
        if next(asked) == 2:
            raise JobCancelled

    server.answer = reply()
    with pytest.raises(JobCancelled):
        download(server.address, max_bytes=1 << 24, checkpoint=checkpoint)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused(f"http://127.0.0.1:{port}/a.zip", "DOWNLOAD.UNREACHABLE", "ulaşılamadı")
