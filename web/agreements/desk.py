"""What waits of agreements: accounts that somebody else has proposed."""

from collections.abc import Mapping
from typing import Any, Final

from backend.kit.translation import Text
from backend.rulebook.roles import Right
from web.desk.sections import Card, Section


def _account(node: Mapping[str, Any]) -> Card:
    agreement = node["agreementId"].partition(":")[2]
    return Card(node["iban"], f"/sopimukset/{agreement}/tilit", Text("Confirm"))


SECTIONS: Final = (
    Section(
        key="accounts",
        place="agreements",
        title=Text("Bank accounts to confirm"),
        field="bankAccounts(first: 5, orderBy: OLDEST, waitsForMe: true)",
        item="iban agreementId",
        card=_account,
        shown_to=lambda actor: actor.may(Right.CONFIRM_BANK_ACCOUNTS),
    ),
)
