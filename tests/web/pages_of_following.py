"""The pages of complaints and quality."""

from tests.web.visiting import CUSTOMERS, JUDGE_ONLY, PREPARE, SEE_SUMS, TIERA, WORKERS, A, B, Example, organisation

COMPLAINT_FILE = "select about_id as id, id as file from stored_files where about_kind = 'Complaint'"
HANDLED = "select id from complaints where title = 'Hakemuslomakkeen julkaisu myöhästyi'"
LATE = "select id from complaints where title = 'Yölliset siirrot katkesivat ilmoittamatta'"
ACKNOWLEDGED = "select id from complaints where title = 'Kuukausiraportin luvut poikkesivat kirjauksista'"
SENT = "select id from complaints where title = 'Palvelupäällikkö ei ollut tavoitettavissa'"
APPLIED = "select id from complaints where title = 'Raportin versiopäivitys tehtiin kesken työpäivän'"
NOT_THE_SUPPLIERS = "select id from complaints where title = 'Lukuvuoden vaihto jäi kesken'"
COMPLAINT_DRAFT = "select id from complaints where title = 'Tunneissa on toistuvasti puutteellisia selitteitä'"
LOW = "select id from quality_deviations where kind = 'low_rating' and state = 'open' order by id desc"
TOLD = "select id from quality_deviations where kind = 'low_rating' and state = 'reported'"
MISSED = (
    f"select id from quality_deviations where kind = 'missed_level' and state = 'open' and"
    f" supplier_id = ({organisation('Koodipaja Oy')})"
)
MEASURED_MISS = "select id from quality_deviations where kind = 'missed_level' and state = 'measured'"
MEASURED_CAUSE = "select id from quality_deviations where kind = 'wide_cause' and state = 'measured'"
REPEATS = (
    f"select id from recurrences where state = 'found' and supplier_id = ({organisation('Pohjanlumi Ohjelmistot Oy')})"
)
REMEDIED = "select id from recurrences where state = 'accepted'"
PROPOSED = "select id from recurrences where state = 'proposed'"

EXAMPLES = (
    # Complaints
    Example("complaints.list", SEE_SUMS),
    Example("complaints.list", SEE_SUMS, query="words=eiole"),
    Example("complaints.new", JUDGE_ONLY),
    Example("complaints.ask_take_away", PREPARE, COMPLAINT_FILE),
    Example("complaints.show", (*TIERA, "manager_a"), HANDLED),
    Example("complaints.show", (*TIERA, "manager_b"), LATE),
    Example("complaints.show", (*TIERA, "manager_b"), APPLIED),
    Example("complaints.show", (*TIERA, "manager_a"), NOT_THE_SUPPLIERS),
    Example("complaints.show", (*TIERA, "manager_b"), ACKNOWLEDGED),
    Example("complaints.show", (*TIERA, "manager_a"), SENT),
    Example("complaints.show", TIERA, COMPLAINT_DRAFT),
    Example("complaints.edit", JUDGE_ONLY, COMPLAINT_DRAFT),
    Example("complaints.respond", ("manager_b",), ACKNOWLEDGED),
    Example("complaints.step", JUDGE_ONLY, COMPLAINT_DRAFT, step="laheta"),
    Example("complaints.step", ("manager_a",), SENT, step="kuittaa"),
    Example("complaints.step", JUDGE_ONLY, LATE, step="arvioi"),
    Example("complaints.step", JUDGE_ONLY, LATE, step="sanktio"),
    Example("complaints.step", JUDGE_ONLY, LATE, step="syy"),
    Example("complaints.step", ("manager_b",), LATE, step="oma-syy"),
    Example("complaints.step", JUDGE_ONLY, ACKNOWLEDGED, step="lisaaika"),
    Example("complaints.step", JUDGE_ONLY, ACKNOWLEDGED, step="peruuta"),
    Example("billing.ask_complaint", JUDGE_ONLY, NOT_THE_SUPPLIERS),
    # Quality
    Example("deviations.list", SEE_SUMS),
    Example("deviations.list", SEE_SUMS, query="words=eiole"),
    Example("deviations.show", (*TIERA, "manager_b"), TOLD),
    Example("deviations.show", (*TIERA, "manager_a"), LOW),
    Example("deviations.show", (*TIERA, "manager_a"), MISSED),
    Example("deviations.step", ("manager_a",), LOW, step="toimenpiteet"),
    Example("deviations.step", JUDGE_ONLY, MEASURED_MISS, step="raportoitu"),
    Example("deviations.show", (*TIERA, "manager_b"), MEASURED_CAUSE),
    Example("deviations.step", JUDGE_ONLY, MEASURED_CAUSE, step="juurisyy-raportoitu"),
    Example("recurrences.list", (*TIERA, *WORKERS)),
    Example("recurrences.list", (*TIERA, *WORKERS), query="words=eiole"),
    Example("recurrences.show", (*TIERA, *B), REPEATS),
    Example("recurrences.show", (*TIERA, *A), REMEDIED),
    Example("recurrences.step", ("manager_b", *PREPARE), REPEATS, step="ongelma"),
    Example("recurrences.step", ("manager_b", *PREPARE), REPEATS, step="hylkaa"),
    Example("recurrences.step", JUDGE_ONLY, PROPOSED, step="vastaa"),
    Example("figures.list", (*SEE_SUMS, *CUSTOMERS)),
    Example("figures.list", (*SEE_SUMS, *CUSTOMERS), query="firstMonth=1.1.2030"),
)
