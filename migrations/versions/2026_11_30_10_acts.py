"""Requests that are repeated are known by the name of their mutation, not by where its verb stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "2026_11_30_10_acts"
down_revision = "2026_11_30_08_called_off"
branch_labels = None
depends_on = None

VERBS = {
    "bulletins.plan_verbs": "agree_on_communication",
    "bulletins.reading_verbs": "acknowledge_bulletin dismiss_bulletin end_calendar_key make_calendar_key",
    "bulletins.start_verbs": "start_service",
    "bulletins.verbs": "create_bulletin edit_bulletin end_bulletin publish_bulletin withdraw_bulletin",
    "complaints.attachment_verbs": "take_away_complaint_file",
    "complaints.billing_verbs": "bill_handling",
    "complaints.mail_verbs": "complain_by_mail",
    "complaints.response_verbs": (
        "acknowledge_complaint answer_complaint begin_handling:begin_handling_complaint draft_response "
        "give_time:give_time_to_answer judge_response say_whose_cause"
    ),
    "complaints.sanction_verbs": "decide_sanction",
    "complaints.verbs": (
        "close_complaint create_complaint edit_complaint handle_complaint say_shared_use send_complaint "
        "withdraw_complaint"
    ),
    "documents.releasing": "release_document return_document",
    "documents.verbs": "add_document add_version:add_document_version edit_document retire_document review_document",
    "governance.verbs": "close_body end_body_seat name_to_body open_body withdraw_body_post write_body_post",
    "hours.approval_verbs": "approve_hours return_hours take_approval_back",
    "hours.instruction_verbs": "mark_against_instruction",
    "hours.target_verbs": "close_target define_target instruct_target",
    "hours.verbs": "book_hours correct_hours",
    "hours.week_verbs": "save_week",
    "identity.token_verbs": (
        "end_service_account make_service_account:create_service_account make_token:create_api_token "
        "revoke_token:revoke_api_token"
    ),
    "identity.verbs": "choose_language end_other_sessions end_session end_sessions_of invite:invite_person",
    "identity.view_verbs": "change_view remove_view save_view",
    "inbox.desk_verbs": "add_mail:add_mail_to_ticket discard_mail hold_mail report_mail split_ticket",
    "invoices.deciding_verbs": (
        "answer_dispute approve_lines:approve_invoice_lines dispute_lines:dispute_invoice_lines "
        "reopen_line:reopen_invoice_line"
    ),
    "invoices.judging_verbs": "judge_invoice",
    "invoices.pointing_verbs": "point_line:point_invoice_line",
    "invoices.sending_verbs": "discard_invoice draft_invoice edit_invoice receive_invoice send_invoice",
    "invoices.withdrawing_verbs": "withdraw_lines:withdraw_invoice_lines",
    "notices.verbs": (
        "choose_notices mark_all_read:mark_all_notices_read mark_read:mark_notices_read try_again:try_mail_again"
    ),
    "orders.delivery_verbs": (
        "accept_milestone accept_work deliver_milestone deliver_work return_milestone return_work start_work"
    ),
    "orders.draft_verbs": (
        "ask_for_work attach_order_paper create_order edit_order name_project_manager raise_order_class "
        "specify_order take_up_request turn_down_request withdraw_request"
    ),
    "orders.estimate_verbs": "give_estimate request_estimate",
    "orders.forecast_verbs": "give_forecast",
    "orders.overrun_verbs": "decide_overrun request_overrun withdraw_overrun",
    "orders.placing_verbs": "cancel_order confirm_order decline_order end_order_early order_at_once place_order",
    "orders.revision_verbs": "accept_revision propose_revision reject_revision withdraw_revision",
    "parties.agreement_verbs": "change_agreement conclude_agreement end_agreement extend_agreement",
    "parties.organisation_verbs": (
        "add_organisation change_organisation end_kind:end_organisation_kind hold_kind:hold_organisation_kind "
        "record_inhabitants"
    ),
    "parties.people_verbs": (
        "add_person change_person end_role give_role name_stand_in require_replacement state_competence"
    ),
    "parties.price_verbs": (
        "add_price_group announce_invoicing_process confirm_bank_account end_bank_account "
        "propose_bank_account set_price"
    ),
    "parties.right_verbs": (
        "confirm_right:confirm_ordering_right end_right:end_ordering_right name_ordering_contact "
        "replace_right:replace_ordering_right"
    ),
    "parties.service_verbs": (
        "add_service choose_mail_service define_service_channel end_service_channel rename_service "
        "take_back_start:take_back_service_start"
    ),
    "parties.term_verbs": "change_term",
    "tickets.agreed_verbs": "confirm_agreed note_agreed refuse_agreed",
    "tickets.answer_verbs": "change_ready_answer end_ready_answer write_ready_answer",
    "tickets.attachment_verbs": "take_away_ticket_file",
    "tickets.billing_asking_verbs": "ask_for_billing decline_billing",
    "tickets.billing_verbs": "approve_for_billing raise_billing take_billing_back",
    "tickets.catalogue_verbs": "change_product define_product end_product order_product",
    "tickets.deviation_verbs": "record_measures report_missed_level report_root_cause tell_customer_of_measures",
    "tickets.document_verbs": "say_effect_on_documents",
    "tickets.handling_verbs": (
        "close_ticket decide_change reopen_ticket resolve_ticket respond_to_ticket resume_ticket take_ticket "
        "wait_for_requester withdraw_ticket write_root_cause"
    ),
    "tickets.level_verbs": "set_service_level",
    "tickets.merging_verbs": "merge_tickets unmerge_ticket",
    "tickets.message_verbs": (
        "release_message:release_ticket_message return_message:return_ticket_message write_message:write_ticket_message"
    ),
    "tickets.passing_verbs": "hand_back_ticket hand_over_ticket link_tickets recall_ticket unlink_tickets",
    "tickets.permission_verbs": "end_contact_permission permit_contact",
    "tickets.rating_verbs": "rate_ticket",
    "tickets.recurrence_verbs": "answer_proposal dismiss_recurrence propose_remedy take_recurrence",
    "tickets.reporting_verbs": "change_ticket_class report_ticket sort_ticket watch_ticket",
    "tickets.sensitive_verbs": "mark_sensitive open_sensitive_text",
    "tickets.template_verbs": "change_ticket_template end_ticket_template write_ticket_template",
}
"""The verbs of mutations by their modules, each with the name of its mutation where that is another."""

MOVED = {
    "backend.hours.verbs.define_target": "define_target",
    "backend.hours.verbs.instruct_target": "instruct_target",
    "backend.hours.verbs.close_target": "close_target",
    "backend.tickets.merging_verbs.split_ticket": "split_ticket",
}
"""Where verbs stood before they moved. Of a request that was carried out once more after that,
the first keeps its path."""


def _names() -> list[dict[str, str]]:
    pairs = ((module, *each.partition(":")[::2]) for module, verbs in VERBS.items() for each in verbs.split())
    return [{"path": f"backend.{module}.{verb}", "name": name or verb} for module, verb, name in pairs]


def _rename(to: str, by: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    known = sa.func.unnest(*(sa.cast([each[column] for each in _names()], ARRAY(sa.Text)) for column in (by, to)))
    known = known.table_valued("before", "after", name="known").render_derived()
    keys = sa.table("idempotency_keys", sa.column("verb"))
    op.execute(sa.update(keys).where(keys.c.verb == known.c.before).values(verb=known.c.after))


def _rename_moved() -> None:
    keys = sa.table("idempotency_keys", *(sa.column(name) for name in ("who", "verb", "key")))
    later = keys.alias("later")
    for path, name in MOVED.items():
        is_taken = sa.exists().where(later.c.who == keys.c.who, later.c.key == keys.c.key, later.c.verb == name)
        op.execute(sa.update(keys).where(keys.c.verb == path, ~is_taken).values(verb=name))


def upgrade() -> None:
    _rename(to="name", by="path")
    _rename_moved()


def downgrade() -> None:
    _rename(to="path", by="name")
