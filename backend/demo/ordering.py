"""Orders of the demo until their work begins: asked for, drafted, estimated, placed, confirmed."""

from datetime import date
from textwrap import wrap

import sqlalchemy as sa

from backend.demo.papers import paper
from backend.demo.stage import Stage
from backend.demo.works import End, Work
from backend.ledger.model import Account
from backend.orders import delivery_verbs, draft_verbs, estimate_verbs, placing_verbs
from backend.orders.estimate_model import EstimateOption
from backend.orders.model import WORK
from backend.orders.states import PaperKind
from backend.rulebook.sizes import SizeClass

ESTIMATED, PLACED, CONFIRMED = 2, 3, 4
"""Business days after the request."""
NONE_BETTER = "Kävimme läpi myös valmiin tuotteen ja nykyisen lomakkeen käytön; kumpikaan ei tule halvemmaksi."
STEPS: dict[End, int] = {
    End.ASKED: 0, End.DRAFT: 0, End.REQUESTED: 0, End.ESTIMATED: ESTIMATED, End.ORDERED: PLACED,
}  # fmt: skip
"""The last step of orders whose work has not begun; of others every step was taken."""


async def take_steps(stage: Stage, work: Work, step: int, day: date) -> None:
    """What happens to an order in the morning; `step` counts business days since it was wanted."""
    last = STEPS.get(work.end, CONFIRMED)
    if not 0 <= step <= last:
        return
    if step == 0:
        await _want(stage, work, day)
    elif step == ESTIMATED:
        await _estimate(stage, work, day)
    elif step == PLACED:
        stage.at(day, 13)
        option = f"{work.key}:option"
        await stage.act(
            "ordering_contact",
            placing_verbs.place_order,
            order_id=stage.ids[work.key],
            option_id=stage.ids[option],
        )
    elif step == CONFIRMED:
        await _confirm(stage, work, day)


async def _want(stage: Stage, work: Work, day: date) -> None:
    stage.at(day, 9, 10)
    if work.end is End.ASKED:
        asker = f"{work.customer}_rep"
        said = paper("Mihin tarvitsemme", "", work.title, "", *wrap(work.description, 70))
        needs = await stage.bring(asker, "tarpeemme.pdf", said, "application/pdf")
        ref = await stage.act(
            asker,
            draft_verbs.ask_for_work,
            service_id=stage.ids[work.service],
            title=work.title,
            description=work.description,
            due_on=stage.day(work.due_in),
            file_ids=[needs.id],
        )
        stage.ids[work.key] = ref.id
        return
    content = draft_verbs.Content(
        title=work.title,
        description=work.description,
        goal=work.goal,
        limits=work.limits,
        due_on=stage.day(work.due_in),
        service_id=stage.ids[work.service],
        customer_id=stage.ids[work.customer] if work.customer else None,
    )
    ref = await stage.act(
        "ordering_contact", draft_verbs.create_order, agreement_id=stage.ids[work.deal], content=content
    )
    stage.ids[work.key] = ref.id
    if work.end is End.DRAFT:
        return
    is_assignment = work.estimated_minutes >= 75 * 60
    if is_assignment or work.overrun_at:  # an overrun may lift it to an assignment, which needs the form (H11.8.2-a)
        form = await stage.bring(
            "ordering_contact",
            f"Toimeksiantolomake {work.title}.txt",
            f"Toimeksianto: {work.title}\n\nTavoite: {work.goal}\nRajaukset: {work.limits}\n".encode(),
        )
        await stage.act(
            "ordering_contact",
            draft_verbs.attach_order_paper,
            order_id=ref.id,
            kind=PaperKind.FORM,
            file_id=form.id,
        )
    await stage.act(
        "ordering_contact",
        estimate_verbs.request_estimate,
        order_id=ref.id,
        expected_class=SizeClass.ASSIGNMENT if is_assignment else SizeClass.SMALL,
    )


async def _estimate(stage: Stage, work: Work, day: date) -> None:
    stage.at(day, 10, 20)
    options = [_option(stage, work, work.title, work.rows)]
    if work.alternative:
        options.append(_option(stage, work, *work.alternative))
    estimate = await stage.act(
        work.manager,
        estimate_verbs.give_estimate,
        order_id=stage.ids[work.key],
        options=options,
        none_better_statement=None if work.alternative else NONE_BETTER,
    )
    found = await stage.ask(
        sa.select(EstimateOption.id).where(EstimateOption.estimate_id == estimate.id).order_by(EstimateOption.position)
    )
    stage.ids[f"{work.key}:option"] = found[0]


def _option(stage: Stage, work: Work, title: str, rows: tuple[tuple[str, float], ...]) -> estimate_verbs.Option:
    return estimate_verbs.Option(
        title=title,
        rows=[
            estimate_verbs.Row(price_group_id=stage.ids[f"{work.deal}:{code}"], minutes=round(hours * 60))
            for code, hours in rows
        ],
    )


async def _confirm(stage: Stage, work: Work, day: date) -> None:
    stage.at(day, 9)
    number = f"{'KP' if work.deal == 'deal_a' else 'PL'}-{1000 + stage.ids[work.key]}"
    await stage.act(
        work.manager,
        placing_verbs.confirm_order,
        order_id=stage.ids[work.key],
        supplier_number=number,
        description=work.description,
    )
    stage.at(day, 9, 30)
    await stage.act(work.manager, delivery_verbs.start_work, order_id=stage.ids[work.key])
    (account,) = await stage.ask(
        sa.select(Account.id).where(
            Account.about_kind == "Order", Account.about_id == stage.ids[work.key], Account.purpose == WORK
        )
    )
    stage.ids[f"{work.key}:target"] = account
