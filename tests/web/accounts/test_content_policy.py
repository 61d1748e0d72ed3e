"""Every page × every role that may open it: the content security policy, and nothing in the page that it would stop."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from jiqun.web.accounts.models import User
from jiqun.web.registry.models import Publication
from tests.web.accounts.matrix import VIEWS, WITHOUT_OBJECT, client_of, play, roles_of, samples_of
from tests.web.world import World

DATA = "application/json"
"""A script of this type is data: the browser does not run it."""
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href")


class _Inline(HTMLParser):
    """Gathers what runs from within the page: inline scripts, handlers in attributes, links of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and given.get("type") != DATA:
            self.found.append("<script>")
        self.found += [f"<{tag} {name}=>" for name in given if name.startswith("on")]
        addresses = {name: "".join(given.get(name, "").split()).lower() for name in ADDRESSES}
        self.found += [f"<{tag} {name}=javascript:>" for name, to in addresses.items() if to.startswith("javascript:")]


def inline(text: str) -> list[str]:
    """What a page would run from within itself."""
    parser = _Inline()
    parser.feed(text)
    parser.close()
    return parser.found


def _faults(answer: HttpResponse) -> list[str]:
    """What is wrong with an answer; a file or a redirect has a policy but no page."""
    policy = answer.headers.get("Content-Security-Policy", "")
    rules = {name: values for name, *values in (part.split() for part in policy.split(";") if part.strip())}
    faults = [] if rules.get("script-src") == ["'self'"] else [f"script-src is {rules.get('script-src')}"]
    if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
        faults += inline(answer.content.decode())
    return faults


@pytest.mark.parametrize("name", WITHOUT_OBJECT)
def test_a_page_runs_no_script_of_its_own(name: str, published: Publication, people: dict[str, User]) -> None:
    faults = {
        role: found
        for role in sorted(roles_of(name))
        if (found := _faults(play(client_of(role, people), "get", reverse(name)).answer))
    }
    assert faults == {}


@pytest.mark.parametrize("name", sorted(VIEWS.keys() - set(WITHOUT_OBJECT)))
def test_a_page_of_an_object_runs_no_script_of_its_own(
    name: str, published: Publication, world: World, people: dict[str, User]
) -> None:
    faults = {}
    for sample in samples_of(name):
        address = reverse(name, kwargs=sample.make(world, people))
        for role in sorted(roles_of(name) & sample.seen_by):
            if found := _faults(play(client_of(role, people), "get", address).answer):
                faults[role, address] = found
    assert faults == {}


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_the_pages_of_sign_in_run_no_script_of_their_own(name: str, published: Publication, client: Client) -> None:
    assert _faults(client.get(reverse(name))) == []


def test_a_page_that_is_not_found_runs_none_either(published: Publication, client: Client) -> None:
    assert _faults(client.get("/nothing/")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script src="/a.js"></script><script type="application/json">{"a": "<b onclick=1>"}</script>', []),
        ("<script>go()</script>", ["<script>"]),
        ('<script type="module">go()</script>', ["<script>"]),
        ('<p onclick="go()">', ["<p onclick=>"]),
        ('<a href=" Java\nScript:go()">', ["<a href=javascript:>"]),
        ('<button formaction="javascript:go()" data-on="x">', ["<button formaction=javascript:>"]),
    ],
)
def test_what_is_inline_is_found(text: str, found: list[str]) -> None:
    assert inline(text) == found
