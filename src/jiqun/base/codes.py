"""Codes of the state: USCC (GB 32100), divisions (GB/T 2260) and industries (GB/T 4754)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
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


def sound_usccs(codes: Sequence[str]) -> list[bool]:
    """Which of the texts are valid codes, all at once: the same answer as `uscc_problem(code) is None` for each."""
    if not codes:
        return []
    table = np.full(128, -1, np.int16)
    table[[ord(c) for c in _ALPHABET]] = np.arange(31)
    letters = np.array(codes, dtype="U19").view(np.uint32).reshape(len(codes), 19)
    values = table[np.minimum(letters, 127)]
    whole = (letters[:, 18] == 0) & (values[:, :18] >= 0).all(axis=1) & (values[:, :8] < 10).all(axis=1)
    check = (31 - values[:, :17] @ np.array(_WEIGHTS, np.int16) % 31) % 31
    sound: list[bool] = (whole & (check == values[:, 17])).tolist()
    return sound
