"""A small made-up city: two counties, a zone, clusters, firms and one person of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiqun.base.codes import uscc_check_digit
from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.registry.models import Cluster, Entry, Observation, Party, Place, Recognition, Review

PASSWORD = "Right-Horse-7-Battery"


def uscc(number: int) -> str:
    """A valid code of the demonstration range for any number."""
    first = f"91990100MA{number:07d}"
    return first + uscc_check_digit(first)


@dataclass(frozen=True)
class World:
    """What the fixtures made, by short names: county a has a zone az; firm a1 belongs to cluster a, and so on."""

    places: dict[str, Place]
    clusters: dict[str, Cluster]
    parties: dict[str, Party]


def make_world() -> World:
    """Two counties with a cluster and firms each, and one figure, title, review and entry a firm."""
    city = Place.objects.create(code="990100", name="示例市", kind="city")
    a = Place.objects.create(code="990102", name="甲县", kind="county", parent=city)
    b = Place.objects.create(code="990103", name="乙县", kind="county", parent=city)
    zone = Place.objects.create(code="9901A1", name="甲县开发区", kind="zone", parent=a)
    places = {"city": city, "a": a, "b": b, "az": zone}
    clusters = {
        key: Cluster.objects.create(code=f"cluster-{key}", name=f"{key}集群", county=places[key], provincial_key=False)
        for key in ("a", "b")
    }
    rows = {"a1": ("a", "a"), "a2": ("az", "a"), "b1": ("b", "b"), "lab": ("b", None)}
    parties = {}
    for number, (key, (county, cluster)) in enumerate(rows.items(), start=1):
        party = Party.objects.create(
            uscc=uscc(number), name=f"{key}示例公司", kind="lab" if key == "lab" else "enterprise",
            county=places[county], cluster=clusters[cluster] if cluster else None, founded_on=date(2015, 3, 1),
        )  # fmt: skip
        Observation.objects.create(party=party, indicator="营业收入", period="2024", value="12000000")
        Recognition.objects.create(party=party, title="示例称号", awarded_on=date(2023, 12, 1))
        Review.objects.create(party=party, title="示例称号", reviewed_on=date(2025, 8, 1), outcome="通过")
        Entry.objects.create(party=party, register="示例台账", on=date(2025, 5, 1), data={"金额": 1000.5})
        parties[key] = party
    for key in ("a", "b"):
        Observation.objects.create(cluster=clusters[key], indicator="营业收入", period="2024", value="1")
        Observation.objects.create(place=places[key], indicator="营业收入", period="2024", value="1")
    return World(places, clusters, parties)


def make_people(world: World) -> dict[str, User]:
    """One person of every role: county a's bureau, firm a1, and the laboratory in county b."""
    links = {
        "city": {"place": world.places["city"]},
        "county": {"place": world.places["a"]},
        "enterprise": {"party": world.parties["a1"]},
        "provider": {"party": world.parties["lab"]},
        "auditor": {},
        "operator": {},
    }
    made = {}
    for role, link in links.items():
        organisation = Organisation.objects.create(name=f"{role}机构", kind=OrganisationKind(role), **link)
        made[role] = User.objects.create_user(
            role, password=PASSWORD, role=Role(role), organisation=organisation, full_name=f"{role}人员"
        )
    return made
