"""Webhooks: addresses that may be used, signed deliveries, tries, and what each event tells whom."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.api import addresses
from jiqun.web.api.deliver import send
from jiqun.web.api.models import Delivery, Event, Webhook
from jiqun.web.api.services import create_webhook, emit, set_active
from jiqun.web.jobs.start import run_pending


class Receiver:
    """A server on this machine that notes what it is sent and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers = [200]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                status = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE = True
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def hook(people: dict[str, User], url: str, role: str = "county", events: tuple[str, ...] = ("published",)) -> Webhook:
    organisation = people[role].organisation
    assert organisation is not None
    return create_webhook(actor=people[role], organisation=organisation, url=url, events=events)


def test_an_event_arrives_signed(people: dict[str, User], receiver: Receiver) -> None:
    made = hook(people, receiver.url)
    assert emit(event=Event.PUBLISHED, payload={"as_of": "2026-09-30"}, actor=people["city"]) == 1
    run_pending()
    (headers, body), delivery = receiver.got[0], Delivery.objects.get()
    told = json.loads(body)
    assert (told["event"], told["data"], told["id"]) == ("published", {"as_of": "2026-09-30"}, delivery.pk)
    moment = headers["X-Jiqun-Time"]
    expected = hmac.new(made.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Jiqun-Signature"] == f"sha256={expected}"
    assert (delivery.state, delivery.attempts, delivery.answer) == ("done", 1, "HTTP 200")


def test_it_is_tried_again_and_then_given_up(people: dict[str, User], receiver: Receiver) -> None:
    made = hook(people, receiver.url)
    waits: list[float] = []
    receiver.answers = [500, 200]
    delivery = Delivery.objects.create(webhook=made, event="published", payload={})
    assert send(delivery, waits.append) == (True, "HTTP 200", 2)
    receiver.answers = [500]
    assert send(delivery, waits.append) == (False, "HTTP 500", 3)
    assert waits == [0, 2, 0, 2, 10]


def test_a_redirect_is_not_followed(people: dict[str, User], receiver: Receiver) -> None:
    receiver.answers = [302]
    delivery = Delivery.objects.create(webhook=hook(people, receiver.url), event="published", payload={})
    assert send(delivery, lambda _: None) == (False, "HTTP 302", 3)


def test_only_whom_it_concerns_and_who_asked(people: dict[str, User], receiver: Receiver) -> None:
    county, firm = hook(people, receiver.url), hook(people, receiver.url + "f", "enterprise", ("returned",))
    own = people["enterprise"].organisation
    assert own is not None
    assert emit(event=Event.RETURNED, payload={}, organisations=[own], actor=None) == 1
    assert Delivery.objects.get().webhook == firm
    assert emit(event=Event.PUBLISHED, payload={}, actor=None) == 1
    set_active(actor=people["county"], webhook=county, active=False)
    assert emit(event=Event.PUBLISHED, payload={}, actor=None) == 0


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "请使用 https 地址"),
        ("ftp://example.com/", "请使用 https 地址"),
        ("https://user:pass@example.com/", "请写完整的 https 地址，不带用户名和密码"),
        ("https://", "请写完整的 https 地址，不带用户名和密码"),
        ("https://127.0.0.1/", "地址指向内部网络；内部部署可由运维设置 JIQUN_WEBHOOK_PRIVATE=1"),
        ("https://[::1]/", "地址指向内部网络；内部部署可由运维设置 JIQUN_WEBHOOK_PRIVATE=1"),
        ("https://169.254.169.254/", "地址指向内部网络；内部部署可由运维设置 JIQUN_WEBHOOK_PRIVATE=1"),
        ("https://10.0.0.8/", "地址指向内部网络；内部部署可由运维设置 JIQUN_WEBHOOK_PRIVATE=1"),
        ("https://localhost/", "地址指向内部网络；内部部署可由运维设置 JIQUN_WEBHOOK_PRIVATE=1"),
        ("https://example.com:99999/", "请写完整的 https 地址"),
    ],
)
def test_addresses_within_are_refused(url: str, why: str, people: dict[str, User]) -> None:
    with pytest.raises(InputError) as error:
        hook(people, url)
    assert [(p.message, p.mend) for p in error.value.problems] == [("地址不能使用", why)]
    assert Webhook.objects.count() == 0


def test_a_name_that_later_points_inside_is_not_sent_to(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "resolved", lambda host, port: ["93.184.216.34"])
    delivery = Delivery.objects.create(webhook=hook(people, "https://example.com/"), event="published", payload={})
    monkeypatch.setattr(addresses, "resolved", lambda host, port: ["93.184.216.34", "10.0.0.8"])
    arrived, answer, _ = send(delivery, lambda _: None)
    assert not arrived and answer.startswith("地址指向内部网络")


def test_an_address_is_kept_once(people: dict[str, User], receiver: Receiver) -> None:
    hook(people, receiver.url)
    with pytest.raises(InputError) as error:
        hook(people, receiver.url)
    assert error.value.problems[0].message == "这个地址已经登记"
