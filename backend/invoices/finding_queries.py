"""Findings in the table: what stands of an invoice, and what is found anew stored at once, however much it is."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from backend.invoices.findings import Found
from backend.invoices.model import Finding, Invoice
from backend.invoices.values import to_json
from backend.kit.conditions import is_among
from backend.kit.database import Session, table_of
from backend.kit.statements import Statement

_NAMED = ("line_id", "code", "severity", "rule", "expected", "found", "about", "other_invoice_id")
_SAME = ("line_id", "code", "severity", "about")
"""What makes a finding the same as one before."""


def _storing() -> sa.Insert:
    findings = table_of(Finding)
    given = {
        name: sa.bindparam(name, type_=findings.c[name].type) for name in ("invoice_id", "supplier_id", "recorded_at")
    }
    columns = [sa.column(name, findings.c[name].type) for name in _NAMED]
    rows = sa.func.jsonb_populate_recordset(sa.text("NULL::findings"), sa.bindparam("rows", type_=JSONB))
    row = rows.table_valued(*columns, name="row")
    return sa.insert(findings).from_select(
        [*given, *_NAMED], sa.select(*given.values(), *(row.c[name] for name in _NAMED))
    )


_STORE = Statement(_storing())


async def keep(
    session: Session, invoice: Invoice, line_ids: Sequence[int], findings: Sequence[Found], now: datetime
) -> bool:
    """End what was found before, and store what is found now; what stood against decided lines stays with them.

    Whether anything is found that was not found before: other figures of the same are nothing new.
    """
    of_these = sa.or_(Finding.line_id.is_(None), is_among(Finding.line_id, line_ids))
    ended = await session.execute(
        sa.update(Finding)
        .where(Finding.invoice_id == invoice.id, Finding.ended_at.is_(None), of_these)
        .values(ended_at=now)
        .returning(*(getattr(Finding, name) for name in _SAME))
        .execution_options(synchronize_session=False)
    )
    before = {tuple(each) for each in ended}
    plain = [{name: getattr(found, name) for name in _NAMED} for found in findings]
    rows = [{**each, "expected": to_json(each["expected"]), "found": to_json(each["found"])} for each in plain]
    if rows:
        await _STORE.say(session, invoice_id=invoice.id, supplier_id=invoice.supplier_id, recorded_at=now, rows=rows)
    return any(tuple(getattr(found, name) for name in _SAME) not in before for found in findings)


async def open_findings(session: Session, invoice_id: int) -> Sequence[Finding]:
    """Findings of the newest judgement, of lines and of the invoice."""
    wanted = sa.select(Finding).where(Finding.invoice_id == invoice_id, Finding.ended_at.is_(None))
    return (await session.scalars(wanted.order_by(Finding.id))).all()
