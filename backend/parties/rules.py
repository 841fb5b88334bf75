"""What the contract says of parties, agreements and ordering rights. Pure: figures in, a refusal or nothing out."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.dialects.postgresql import Range

from backend.kit.actor import ActorKind
from backend.kit.amounts import Euros, Minutes
from backend.kit.faults import Refusal, Refusals, broken_rule, invalid, shows
from backend.kit.translation import Text
from backend.parties.agreement_model import Agreement, ServiceChannel
from backend.parties.model import RoleHeld
from backend.parties.right_model import OrderingRight
from backend.rulebook.roles import ROLE_LABELS, WITH_STAND_INS, Role, roles_of
from backend.rulebook.rules import rule
from backend.rulebook.sizes import SIZE_CLASS_LABELS, SizeClass
from backend.rulebook.terms import Terms

DAY = timedelta(days=1)
Days = Range[date]


def days(first: date, last: date | None, *path: str) -> Days:
    """The days from the first to the last, both counted; open where there is no last.

    Refuses a last day before the first; `path` is where the last day stands in the input, else `valid_until`.
    """
    if last is not None and last < first:
        raise invalid(Text("The last day is before the first."), *(path or ("valid_until",)))
    return Range(first, last and last + DAY)


def last_day(valid: Days) -> date | None:
    """The last day of a range; None where it is open."""
    return valid.upper and valid.upper - DAY


@rule("H11.3-b")
def check_not_called_off(held: RoleHeld) -> None:
    """A role that was called off neither ends nor needs another holder."""
    if held.called_off_from is not None:
        raise broken_rule("H11.3-b", Text("The role was called off."))


@rule("H11.10-a")
def check_stand_in(held: RoleHeld, side: ActorKind, valid: Days) -> None:
    """For a supplier's service manager somebody stands in, from a day of that role on; for a stand-in nobody does."""
    if (side, held.role) not in WITH_STAND_INS:
        raise invalid(Text("A stand-in is named for a supplier's service manager."), "role_id")
    if held.stands_in_for_id is not None:
        raise invalid(Text("Nobody stands in for a stand-in: name one for the role's holder."), "role_id")
    if valid.lower is None or valid.lower not in held.valid:
        raise invalid(Text("A stand-in begins on a day on which the role is held."), "valid_from")


# A service's start and its channels

MOST_LETTERS_OF_A_CHANNEL = 500


@rule("H11.5-a")
def check_channels(count: int) -> None:
    """A service that has started, or is marked as started, has a channel."""
    if count < 1:
        raise broken_rule("H11.5-a", Text("A service that has started has at least one channel: define one first."))


def check_in_use(channel: ServiceChannel) -> None:
    """What has ended is neither replaced nor ended again."""
    if channel.ended_at is not None:
        raise broken_rule("H11.5-a", Text("This channel is not in use any more: look at the service's page again."))


def check_start(started_on: date, valid: Days, today: date) -> None:
    """A service has started on a day of its agreement, and not in the future."""
    if started_on > today:
        raise invalid(Text("Enter a day that is not in the future."), "started_on")
    if started_on not in valid:
        raise broken_rule(
            "H11.11-e",
            Text("The service starts while its agreement is in force."),
            "started_on",
            limit=_span(valid),
            actual=Text("%(day)s", day=started_on),
        )


# Ordering rights


@rule("H11.8.1-b")
def check_right(
    right: OrderingRight,
    *,
    supplier_id: int,
    agreement_id: int,
    size_class: SizeClass,
    minutes: int,
    euros: Decimal,
    euros_this_year: Decimal,
    customer_id: int | None,
    day: date,
) -> None:
    """Refuse an order outside an ordering right, naming every limit that it breaks (H11.8.1-b).

    `minutes` and `euros` are the order's whole effort and price after the act; `euros_this_year` is what was ordered
    before in the calendar year of `day` under all versions of the right, without this order. `customer_id` is for
    whom the order is; None means for Tiera or for all, which a right for certain organisations does not cover.
    """
    broken = Refusals()

    def limit(message: Text, limit: Text | None = None, actual: Text | None = None) -> None:
        broken.add(broken_rule("H11.8.1-b", message, limit=limit, actual=actual))

    if day not in right.valid:
        limit(
            Text("The ordering right is not valid on %(day)s.", day=day),
            _span(right.valid),
            Text("%(value)s", value=day),
        )
    if right.supplier_id is not None and right.supplier_id != supplier_id:
        limit(Text("The ordering right is not for this supplier."))
    if right.agreement_id is not None and right.agreement_id != agreement_id:
        limit(Text("The ordering right is not for this agreement."))
    if right.for_organisation_ids is not None and customer_id not in right.for_organisation_ids:
        message = (
            Text("The ordering right does not cover orders for all.")
            if customer_id is None
            else Text("The ordering right does not cover orders for this organisation.")
        )
        limit(message)
    if right.largest_class is not None and size_class.rank > right.largest_class.rank:
        limit(
            Text("The order is larger than the ordering right allows."),
            SIZE_CLASS_LABELS[right.largest_class],
            SIZE_CLASS_LABELS[size_class],
        )
    if right.most_minutes is not None and minutes > right.most_minutes:
        limit(
            Text("The effort of the order is above the limit of the ordering right."),
            Text("%(value)s", value=Minutes(right.most_minutes)),
            Text("%(value)s", value=Minutes(minutes)),
        )
    if right.most_euros is not None and euros > right.most_euros:
        limit(
            Text("The price of the order is above the limit of the ordering right."),
            Text("%(value)s", value=Euros(right.most_euros)),
            Text("%(value)s", value=Euros(euros)),
        )
    if right.most_euros_a_year is not None and euros_this_year + euros > right.most_euros_a_year:
        limit(
            Text(
                "Together with what was ordered in %(year)s the order passes the ordering right's limit of a year.",
                year=str(day.year),
            ),
            Text("%(value)s", value=Euros(right.most_euros_a_year)),
            Text("%(value)s", value=Euros(euros_this_year + euros)),
        )
    broken.raise_any()


@rule("H11.8.1-a", "H11.8.1-b")
def right_for(
    rights: Iterable[OrderingRight],
    *,
    supplier_id: int,
    agreement_id: int,
    size_class: SizeClass,
    minutes: int,
    euros: Decimal,
    euros_this_year: Mapping[int, Decimal],
    customer_id: int | None,
    day: date,
) -> OrderingRight:
    """The first of a person's rights in force that covers an order; `euros_this_year` by the right's id.

    Without any right: refused by H11.8.1-a. With rights that are all too small: refused by the one that comes
    closest, the fewest limits broken.
    """
    refusals: list[Refusal] = []
    for right in rights:
        try:
            check_right(
                right,
                supplier_id=supplier_id,
                agreement_id=agreement_id,
                size_class=size_class,
                minutes=minutes,
                euros=euros,
                euros_this_year=euros_this_year.get(right.id, Decimal(0)),
                customer_id=customer_id,
                day=day,
            )
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            return right
    if refusals:
        raise min(refusals, key=lambda refusal: len(refusal.errors))
    raise broken_rule("H11.8.1-a", Text("Only an ordering contact whom Tiera has named in writing may order."))


@rule("D0-f")
def check_decider(right: OrderingRight, deciding_person_ids: Iterable[int]) -> None:
    """Whoever is named, or entered the naming, does not confirm it (D0-f)."""
    deciding = set(deciding_person_ids)
    if right.person_id in deciding:
        raise broken_rule("D0-f", Text("Nobody confirms their own ordering right."))
    if right.recorded_by_id in deciding:
        raise broken_rule("D0-f", Text("Somebody else confirms the naming than who entered it."))


def _span(valid: Days) -> Text:
    return Text("%(first)s–%(last)s", first=valid.lower, last=last_day(valid) or "")


# Agreements


@rule("D3-a")
def check_agreement(agreement: Agreement, *, day: date, euros_before: Decimal, euros: Decimal) -> None:
    """Refuse an order outside an agreement's days, or one that passes its greatest total (D3-a).

    `euros_before` is what all its orders come to without this one, `euros` this order's price.
    """
    broken = Refusals()
    if day not in agreement.valid:
        message = Text("The agreement is not in force on %(day)s.", day=day)
        broken.add(broken_rule("D3-a", message, limit=_span(agreement.valid), actual=Text("%(value)s", value=day)))
    total = euros_before + euros
    if agreement.greatest_total is not None and total > agreement.greatest_total:
        broken.add(
            broken_rule(
                "D3-a",
                Text("The order passes the greatest total of the agreement."),
                limit=Text("%(value)s", value=Euros(agreement.greatest_total)),
                actual=Text("%(value)s", value=Euros(total)),
            )
        )
    broken.raise_any()


class Share(NamedTuple):
    """What is ordered under an agreement, and the greatest total that was agreed, in euros."""

    ordered: Decimal
    greatest_total: Decimal | None

    def reaches(self, percent: Decimal) -> bool:
        """Whether so many per cent of the greatest total are ordered; of none that was agreed no share is."""
        return self.greatest_total is not None and self.ordered * 100 >= percent * self.greatest_total


@rule("D3-a")
def shares_passed(before: Share, after: Share, terms: Terms) -> list[Decimal]:
    """Which shares of an agreement's greatest total are reached now and were not before: 70 and 90 % are told (D3-a).

    Sums in euros, shares in per cent.
    """
    shares = dict.fromkeys((terms.total_warning_first_percent, terms.total_warning_second_percent))
    return [share for share in shares if after.reaches(share) and not before.reaches(share)]


@rule("H3-a")
def check_party(side: ActorKind) -> None:
    """Agreements run between Tiera and a supplier or Tiera and a customer; Tiera has none with itself (H3-a)."""
    if side not in (ActorKind.SUPPLIER, ActorKind.CUSTOMER):
        raise broken_rule(
            "H3-a",
            Text("An agreement is between Tiera and a supplier, or Tiera and a customer."),
            "organisation_id",
        )


@rule("D3-a")
def check_option(valid: Days, option_until: date | None, until: date) -> None:
    """An agreement is extended to a later day than its last, and by its options only (D3-a)."""
    last = last_day(valid)
    if last is None or until <= last:
        raise broken_rule("D3-a", Text("The agreement is in force on that day already."), "until")
    if option_until is None or until > option_until:
        limit = Text("%(value)s", value=option_until) if option_until else Text("no option")
        message = Text("The options of the agreement do not reach that far.")
        raise broken_rule("D3-a", message, "until", limit=limit, actual=Text("%(value)s", value=until))


# Roles


@rule("H10-a", "H11.3-a")
def check_role(side: ActorKind, role: Role) -> None:
    """Each side has the roles that the contract gives it (H10-a, H11.3-a)."""
    if role not in roles_of(side):
        rule = "H11.3-a" if side is ActorKind.SUPPLIER else "H10-a"
        message = Text("There is no role “%(role)s” in this organisation.", role=ROLE_LABELS[role])
        raise broken_rule(rule, message, "role")


# Numbers that others give

_BUSINESS_ID = re.compile(r"(\d{7})-(\d)", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)


def read_business_id(text: str) -> str:
    """A Finnish business id in its own form, `1234567-1`. Raises a refusal where its check digit is wrong."""
    plain = re.sub(r"\s", "", text)
    found = _BUSINESS_ID.fullmatch(plain)
    if found:
        rest = sum(int(digit) * weight for digit, weight in zip(found[1], _WEIGHTS, strict=True)) % 11
        if rest != 1 and int(found[2]) == (11 - rest if rest else 0):
            return plain
    raise invalid(Text("This is not a business id: its form is 1234567-1, the last digit computed."), "business_id")


def read_iban(text: str) -> str:
    """An account number in capitals without spaces. Raises a refusal where its check digits are wrong."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if _IBAN.fullmatch(plain) and (len(plain) == 18 or not plain.startswith("FI")):
        digits = "".join(str(int(c, 36)) for c in plain[4:] + plain[:4])
        if int(digits) % 97 == 1:
            return plain
    raise invalid(Text("This is not an account number (IBAN): its check digits are wrong."), "iban")


_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def read_email(text: str) -> str:
    """A mail address in lower case."""
    plain = text.strip().lower()
    if len(plain) > 254 or not _EMAIL.fullmatch(plain):
        raise invalid(Text("This is not a mail address."), "email")
    return plain


def read_line(text: str, *path: str, most: int = 200) -> str:
    """A name or a reason: one line or more, not empty, not longer than `most` letters."""
    plain = text.strip()
    if not shows(plain):
        raise invalid(Text("This is needed."), *path)
    if len(plain) > most:
        raise invalid(Text("At most %(most)s letters.", most=most), *path)
    return plain
