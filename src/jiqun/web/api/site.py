"""The interface as one object: /api/v1, described by /api/v1/openapi.json."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.throttling import AuthRateThrottle

from jiqun.web.api.access import BearerToken
from jiqun.web.api.endpoints import bulk, figures, registry, results

api = NinjaAPI(
    title="集群 Jiqun 数据接口",
    version="1",
    description="只读。以 Authorization: Bearer 令牌 访问；所见不超过令牌所有者的范围。金额为元，空值表示未知。",
    urls_namespace="api",
    docs_url=None,
    auth=BearerToken(),
    throttle=[AuthRateThrottle("1200/m")],
)
for router in (registry.router, figures.router, results.router, bulk.router):
    api.add_router("", router)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return api.create_response(request, {"detail": "没有令牌，或令牌无效、已过期、已收回"}, status=401)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [{"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]} for each in error.errors]
    return api.create_response(request, {"detail": faults}, status=422)
