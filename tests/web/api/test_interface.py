"""What programs may read: the scope of their owner, page by page, and nothing without a token."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client
from django.utils import timezone

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import Role, User
from jiqun.web.api.models import Permission, Token
from jiqun.web.api.services import create_token, find_token, revoke_token
from jiqun.web.common.models import AuditRecord
from tests.web.accounts.test_scope import SEEN
from tests.web.api.conftest import Get
from tests.web.world import World

LISTS = (
    "/places",
    "/clusters",
    "/parties",
    "/recognitions",
    "/reviews",
    "/observations",
    "/registers/示例台账/entries",
)


def items(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.parametrize("role", Role.values)
def test_a_program_sees_the_firms_of_its_owner(role: str, world: World, get: Get) -> None:
    mine = {world.parties[key].uscc for key in SEEN[role]}
    assert {row["uscc"] for row in items(get(role, "/parties"))} == mine
    for path in ("/observations", "/reviews"):
        about = {row["subject"] for row in items(get(role, path)) if row["subject_kind"] == "party"}
        assert about == mine, path
    assert {row["subject"] for row in items(get(role, "/recognitions"))} == {p.uscc for p in world.parties.values()}
    for key, party in world.parties.items():
        assert get(role, f"/parties/{party.uscc}").status_code == (200 if key in SEEN[role] else 404)


def test_a_record_is_whole(world: World, get: Get) -> None:
    code = world.parties["a1"].uscc
    assert get("county", f"/parties/{code.lower()}").json() == {
        "uscc": code, "name": "a1示例公司", "kind": "enterprise", "cluster": "cluster-a", "county": "990102",
        "industry": None, "founded_on": "2015-03-01", "size_class": None, "above_size": None,
    }  # fmt: skip
    assert items(get("county", "/observations", party=code)) == [
        {"subject_kind": "party", "subject": code, "indicator": "营业收入", "period": "2024", "value": "12000000",
         "state": "approved", "source": None}
    ]  # fmt: skip


def test_pages_follow_one_another_and_end(world: World, get: Get) -> None:
    seen, after, pages = [], None, 0
    while True:
        query = {"limit": 3} if after is None else {"limit": 3, "after": after}
        answer = get("city", "/observations", **query).json()
        seen += [(r["subject"], r["indicator"], r["period"]) for r in answer["items"]]
        pages, after = pages + 1, answer["next"]
        if after is None:
            break
    assert (pages, len(seen), len(set(seen))) == (3, 8, 8)


def test_lists_are_filtered(world: World, get: Get) -> None:
    assert {r["uscc"] for r in items(get("city", "/parties", county="990103"))} == {
        world.parties["b1"].uscc, world.parties["lab"].uscc,
    }  # fmt: skip
    assert [r["uscc"] for r in items(get("city", "/parties", kind="lab"))] == [world.parties["lab"].uscc]
    assert items(get("city", "/observations", indicator="没有")) == []


@pytest.mark.parametrize("path", LISTS)
def test_without_a_token_there_is_nothing(path: str, client: Client, people: dict[str, User]) -> None:
    for headers in ({}, {"Authorization": "Bearer jq_wrong"}, {"Authorization": "Basic eA=="}):
        answer = client.get(f"/api/v1{path}", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"detail": "没有令牌，或令牌无效、已过期、已收回"})


def test_a_session_is_no_token(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["city"], backend="jiqun.web.accounts.backend.AccountBackend")
    assert client.get("/api/v1/parties").status_code == 401


def test_a_token_reads_what_it_was_made_for(world: World, get: Get) -> None:
    answer = get("city", "/observations", permissions=("registry",))
    assert (answer.status_code, answer.json()) == (403, {"detail": "令牌没有“指标数据”权限"})
    assert get("city", "/export/parties.csv", permissions=("registry",)).status_code == 403
    assert get("city", "/parties", permissions=("registry",)).status_code == 200


def test_bad_parameters_are_named(world: World, get: Get) -> None:
    answer = get("city", "/parties", limit=100_000)
    assert answer.status_code == 422 and answer.json()["detail"][0]["where"].endswith("limit")
    assert get("city", "/parties", after="x").json() == {"detail": "after 应是上一页答复里的 next"}
    assert get("city", "/registers/没有/entries").status_code == 404


def test_a_token_ends(people: dict[str, User]) -> None:
    now = timezone.now()
    token, text = create_token(owner=people["city"], name="程序", permissions=["registry"], days=1, now=now)
    assert text not in str(token.__dict__) and find_token(text, now) == token
    assert find_token(text[:-1] + ("a" if text[-1] != "a" else "b"), now) is None
    assert find_token(text, now + timedelta(days=1)) is None
    revoke_token(actor=people["city"], token=token, now=now)
    assert find_token(text, now) is None
    acts = list(AuditRecord.objects.order_by("pk").values_list("action", flat=True))
    assert acts[-2:] == ["创建接口令牌", "收回接口令牌"]
    other = create_token(owner=people["city"], name="程序", permissions=["registry"], days=1, now=now)[1]
    people["city"].is_active = False
    people["city"].save()
    assert find_token(other, now) is None


def test_every_fault_of_a_token_at_once(people: dict[str, User]) -> None:
    with pytest.raises(InputError) as error:
        create_token(owner=people["city"], name=" ", permissions=["all"], days=0)
    assert [p.message for p in error.value.problems] == ["没有名称", "权限不对", "有效天数不对"]
    assert Token.objects.count() == 0


def test_whole_tables_within_the_scope(world: World, get: Get) -> None:
    answer = get("county", "/export/parties.arrow")
    table = pa.ipc.open_stream(b"".join(answer.streaming_content)).read_all()
    assert set(table["uscc"].to_pylist()) == {world.parties[key].uscc for key in SEEN["county"]}
    assert table.schema.field("founded_on").type == pa.date32()
    text = b"".join(get("county", "/export/observations.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {r["subject"] for r in rows if r["subject_kind"] == "party"} == {
        world.parties[key].uscc for key in SEEN["county"]
    }
    assert rows[0].keys() == {"subject_kind", "subject", "indicator", "period", "value", "state", "source"}


def test_results_need_a_publication(world: World, get: Get) -> None:
    for path in ("/publication", "/targets", f"/parties/{world.parties['a1'].uscc}/decisions"):
        assert get("city", path).json() == {"detail": "还没有发布数据"}


def test_the_description_names_every_address(client: Client, db: None) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/places", "/api/v1/clusters", "/api/v1/parties", "/api/v1/parties/{uscc}", "/api/v1/recognitions",
        "/api/v1/reviews", "/api/v1/registers/{name}/entries", "/api/v1/observations", "/api/v1/publication",
        "/api/v1/targets", "/api/v1/parties/{uscc}/decisions", "/api/v1/clusters/{id}/decisions",
        "/api/v1/export/{table}.{form}",
    }  # fmt: skip


def test_the_desk_shows_a_token_once(sign_in: Any) -> None:
    client = sign_in("county")
    made = client.post("/interface/tokens/", {"name": "同步", "permissions": ["registry"], "days": "30"})
    text = next(
        word
        for word in made.content.decode().replace("<", " ").replace(">", " ").split()
        if word.startswith("jq_") and len(word) > 40
    )
    token = find_token(text)
    assert token is not None and made["Cache-Control"] == "no-store"
    again = client.get("/interface/").content.decode()
    assert text not in again and token.prefix in again
    wrong = client.post("/interface/tokens/", {"name": "", "days": "9999"})
    assert wrong.status_code == 422 and Token.objects.count() == 1
    assert list(Permission) and client.post(f"/interface/tokens/{token.pk}/revoke/").status_code == 302
    assert find_token(text) is None
