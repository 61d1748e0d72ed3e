"""Password policy beyond Django's own validators."""

from __future__ import annotations

import string
from typing import Any

from django.core.exceptions import ValidationError

_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


class LengthValidator:
    """At least so many characters."""

    def __init__(self, least: int = 10) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where it is shorter."""
        if len(password) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        """The rule as people read it (Django's own text is not translated)."""
        return f"密码至少 {self.least} 个字符。"


class MixedCharactersValidator:
    """At least three of: small letters, capital letters, digits, other characters."""

    least = 3

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where too few kinds occur."""
        kinds = sum(any(c in group for c in password) for group in _CLASSES)
        kinds += any(c not in "".join(_CLASSES) for c in password)
        if kinds < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """The rule as people read it."""
        return "密码应至少包含小写字母、大写字母、数字、其他符号中的三种。"
