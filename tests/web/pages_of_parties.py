"""The pages of rights, people, organisations and agreements."""

from tests.web.visiting import (
    CUSTOMERS,
    JUDGE_ONLY,
    KEY_USER,
    MALLILA,
    MANAGERS,
    NAME,
    TIERA,
    VISITORS,
    WORKERS,
    A,
    Example,
    organisation,
    person,
)

EXPERT = person("Ville Lehtonen")
AGREEMENT = "select id from agreements where number = 'SOP-2026-014'"
OWN_AGREEMENT = f"select id from agreements where organisation_id = ({organisation('Mallilan kaupunki')})"
A_TERM = "small_order_needs_estimate"

EXAMPLES = (
    # Rights, people, organisations, agreements
    Example("rights.list", VISITORS),
    Example("rights.new", NAME),
    Example("rights.show", (*TIERA, *WORKERS), "select id from ordering_rights"),
    Example("rights.ending", NAME, "select id from ordering_rights"),
    Example("rights.replacing", NAME, "select id from ordering_rights"),
    Example("people.list", VISITORS),
    Example("people.new", ("key_user", *MANAGERS)),
    Example("people.show", VISITORS, person("Anna Korhonen")),
    Example("people.show", (*TIERA, *A), EXPERT),
    Example("people.show", (*TIERA, *MALLILA), person("Hanna Järvinen")),
    Example("people.edit", ("key_user", "manager_a"), EXPERT),
    Example("people.invite", KEY_USER, EXPERT),
    Example("people.ask_sign_out", KEY_USER, EXPERT),
    Example("people.new_role", ("key_user", "manager_a"), EXPERT),
    Example("people.role", (*TIERA, *A), f"select id from roles_held where person_id = ({EXPERT})"),
    Example("organisations.list", VISITORS),
    Example("organisations.new", KEY_USER),
    Example("organisations.show", (*TIERA, *A), organisation("Koodipaja Oy")),
    Example("organisations.show", (*TIERA, *MALLILA), organisation("Mallilan kaupunki")),
    Example("organisations.edit", KEY_USER, organisation("Mallilan kaupunki")),
    Example("agreements.list", VISITORS),
    Example("agreements.new", KEY_USER),
    Example("agreements.common_terms", VISITORS),
    Example("agreements.edit_common_term", KEY_USER, f"select '{A_TERM}' as name"),
    Example("agreements.show", (*TIERA, *A), AGREEMENT),
    Example("agreements.edit", KEY_USER, AGREEMENT),
    Example("agreements.services", (*TIERA, *A), AGREEMENT),
    Example("services.show", (*TIERA, *A, *CUSTOMERS), "select id from services where code = 'VAKA'"),
    Example("services.show", (*TIERA, *A, *CUSTOMERS), "select id from services where code = 'VIESTI'"),
    Example("services.new_channel", JUDGE_ONLY, "select id from services where code = 'VIESTI'"),
    Example(
        "services.channel",
        JUDGE_ONLY,
        "select s.id, c.id as channel from services s join service_channels c on c.service_id = s.id"
        " where s.code = 'VAKA' and c.kind = 'phone'",
    ),
    Example("services.step", JUDGE_ONLY, "select id from services where code = 'VIESTI'", step="aloita"),
    Example("services.step", JUDGE_ONLY, "select id from services where code = 'VAKA'", step="peru-aloitus"),
    Example("agreements.show", (*TIERA, *MALLILA), OWN_AGREEMENT),
    Example("agreements.terms", (*TIERA, *MALLILA), OWN_AGREEMENT),
    Example("agreements.terms", (*TIERA, *A), AGREEMENT),
    Example("agreements.edit_term", KEY_USER, f"select id, '{A_TERM}' as name from ({AGREEMENT}) a"),
    Example("agreements.prices", (*TIERA, *A), AGREEMENT),
    Example("agreements.accounts", (*TIERA, *A), AGREEMENT),
    Example("agreements.references", (*TIERA, *A), AGREEMENT),
)
