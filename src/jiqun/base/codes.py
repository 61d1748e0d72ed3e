"""Codes of the state: USCC (GB 32100), divisions (GB/T 2260) and industries (GB/T 4754)."""

from __future__ import annotations

import re

from stdnum.cn import uscc as _uscc
from stdnum.exceptions import ValidationError

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
PLACE_CODE = re.compile(r"\d{4}[0-9A-Z]{2}$")
INDUSTRY_CODE = re.compile(r"[A-T]?(?:\d{2,4})?$")


def uscc_check_digit(first17: str) -> str:
    """The 18th character of a unified social credit code from its first 17 (GB 32100-2015, 5.5)."""
    total = sum(_ALPHABET.index(c) * w for c, w in zip(first17, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def uscc_problem(code: str) -> str | None:
    """What is wrong with a unified social credit code, in Chinese; None where it is valid."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位"
    wrong = sorted({c for c in code if c not in _ALPHABET})
    if wrong:
        return f"统一社会信用代码含有不允许的字符 {'、'.join(wrong)}（不用 I、O、S、V、Z）"
    expected = uscc_check_digit(code[:17])
    if code[17] != expected:
        return f"统一社会信用代码校验位不符，按前 17 位应为 {expected}"
    try:
        _uscc.validate(code)
    except ValidationError:
        return "统一社会信用代码的登记管理部门、机构类别或区划码不合规"
    return None
