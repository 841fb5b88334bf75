"""Rules of getting in: no database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.identity import policy, rules
from backend.identity.states import Scope, TryKind
from backend.kit.actor import ActorKind
from backend.kit.faults import Code, Refusal
from backend.rulebook.roles import Right

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("password", ["neljä sanaa peräkkäin", "correct horse", "x7!Qp0-zz_4k", "kesäkuun ruusu 12"])
def test_a_long_password_is_taken(password: str) -> None:
    rules.check_password(password, "maija@example.fi", "Maija Ek")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", Code.REQUIRED),
        ("lyhyt", Code.INVALID),
        ("ääääääääääää", Code.INVALID),
        ("aabbccaabbcc", Code.INVALID),
        ("salasana maija", Code.INVALID),
        ("hopeaketunen ja Lehtonen", Code.INVALID),
        ("Palveluportaali2026!", Code.INVALID),
        ("Kesä2026Kesä2026", Code.INVALID),
        ("1234567890qwerty", Code.INVALID),
        ("lösenordlösenord", Code.INVALID),
        ("a" * 10 + "bcdefgh" * 30, Code.INVALID),
    ],
)
def test_a_short_plain_or_endless_password_is_refused(password: str, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_password(password, "Maija@example.fi", "Maija Lehtonen")
    assert (refused.value.code, refused.value.errors[0].path) == (code, ("password",))


def test_a_letter_written_in_two_ways_is_one_letter() -> None:
    assert rules.same_password("a\u0308") == rules.same_password("ä")


def test_addresses_are_compared_in_lower_case() -> None:
    assert rules.same_address("  Maija.Lehto@Example.FI ") == "maija.lehto@example.fi"


@pytest.mark.parametrize(
    ("by_address", "by_origin", "refused"), [(9, 59, False), (10, 0, True), (0, 60, True), (11, 61, True)]
)
def test_ten_tries_for_an_address_and_sixty_from_an_origin(by_address: int, by_origin: int, refused: bool) -> None:
    assert rules.too_many_tries(TryKind.SIGN_IN, by_address, by_origin) is refused


@pytest.mark.parametrize(
    ("idle", "left", "ended", "lives"),
    [
        (timedelta(hours=7, minutes=59), timedelta(seconds=1), None, True),
        (timedelta(hours=8), timedelta(hours=1), None, False),
        (timedelta(0), timedelta(0), None, False),
        (timedelta(0), timedelta(hours=1), NOW, False),
    ],
)
def test_a_session_ends_by_idleness_by_age_and_by_being_ended(
    idle: timedelta, left: timedelta, ended: datetime | None, lives: bool
) -> None:
    assert rules.session_lives(NOW, expires_at=NOW + left, seen_at=NOW - idle, ended_at=ended) is lives


@pytest.mark.parametrize(
    ("name", "scopes", "expires_on", "of_program", "path"),
    [
        (" ", [Scope.READ], date(2027, 1, 1), False, ("name",)),
        ("x" * 101, [Scope.READ], date(2027, 1, 1), False, ("name",)),
        ("x", [], date(2027, 1, 1), False, ("scopes",)),
        ("x", [Scope.ACT], date(2027, 1, 1), True, ("scopes",)),
        ("x", [Scope.READ], date(2026, 11, 23), False, ("expires_on",)),
        ("x", [Scope.READ], date(2027, 11, 26), False, ("expires_on",)),
    ],
)
def test_a_token_has_a_name_a_scope_and_an_end_within_a_year(
    name: str, scopes: list[Scope], expires_on: date, of_program: bool, path: tuple[str, ...]
) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_token(name, scopes, expires_on, NOW, of_program=of_program)
    assert refused.value.errors[0].path == path


def test_every_scope_has_a_reach_and_unknown_ones_none() -> None:
    assert set(policy.SCOPE_RIGHTS) == set(Scope)
    assert policy.reach(["everything", "root"]) == frozenset()


@pytest.mark.parametrize("kind", list(ActorKind))
def test_a_service_account_never_orders_approves_or_decides(kind: ActorKind) -> None:
    reading_and_importing = {
        Right.SEE_HOURS,
        Right.SEE_INVOICES,
        Right.REPORT,
        Right.BOOK_HOURS,
        Right.SEND_INVOICES,
    }
    assert policy.rights_of_program(kind, list(Scope)) <= reading_and_importing


def test_a_token_to_read_only_reads() -> None:
    assert policy.reach([Scope.READ]) == {Right.SEE_HOURS, Right.SEE_INVOICES}
    assert policy.only_reads([Scope.READ, Scope.REPORT])
    assert not any(policy.only_reads([Scope.READ, each]) for each in (Scope.BOOK_HOURS, Scope.SEND_INVOICES, Scope.ACT))


def test_only_a_token_for_everything_carries_out_what_asks_for_no_right() -> None:
    less = [scope for scope in Scope if scope is not Scope.ACT]
    assert all(policy.only_by_right(scopes) for scopes in ([], less, *([each] for each in less)))
    assert not policy.only_by_right([Scope.ACT]) and not policy.only_by_right(list(Scope))
