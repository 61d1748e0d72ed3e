"""SearchKey: a name under which a party is found, with the tokens that the search index holds."""

from __future__ import annotations

from django.db import models


class SearchKey(models.Model):
    """One present or former name of a party; the index over `tokens` is kept by the database itself."""

    party = models.ForeignKey("registry.Party", models.CASCADE, related_name="search_keys", verbose_name="主体")
    name = models.CharField("名称", max_length=160)
    former = models.BooleanField("曾用名", default=False)
    tokens = models.TextField("检索词")

    class Meta:
        verbose_name = verbose_name_plural = "检索名称"

    def __str__(self) -> str:
        return self.name
