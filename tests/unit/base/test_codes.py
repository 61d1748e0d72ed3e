"""Codes checked all at once: the same answers as one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jiqun.base.codes import sound_usccs, uscc_check_digit, uscc_problem

LETTERS = st.text("0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZa甲", min_size=1, max_size=1)


@st.composite
def near_codes(draw: st.DrawFn) -> str:
    """A sound code, one of its characters perhaps another, perhaps cut or longer."""
    first = "91130100" + draw(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9))
    code = first + uscc_check_digit(first)
    at = draw(st.integers(0, 40))
    return code[:at] + draw(LETTERS) + code[at + 1 :] if at < 19 else code[: at - 10]


@given(st.lists(near_codes() | st.sampled_from(["", "Y" * 18, "9" * 18, "0" * 19]), max_size=20))
def test_the_same_codes_are_sound(codes: list[str]) -> None:
    assert sound_usccs(codes) == [uscc_problem(code) is None for code in codes]
