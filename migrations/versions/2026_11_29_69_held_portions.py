"""That what a line holds is a portion is asked once of all that one statement stores, and not of each by itself.

The foreign key locked every portion: twenty thousand of them took longer than all else that judging asks. A portion is
never removed, so there is nothing to lock.
"""

from alembic import op

revision = "2026_11_29_69_held_portions"
down_revision = "2026_11_29_68_ticket_templates"
branch_labels = None
depends_on = None

REQUIRE_PORTIONS = """
CREATE FUNCTION reservations_are_of_portions() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN
  IF EXISTS (SELECT FROM stored WHERE NOT EXISTS (SELECT FROM portions WHERE portions.id = stored.portion_id)) THEN
    RAISE foreign_key_violation USING MESSAGE = 'what is held is no portion', CONSTRAINT = 'fk_reservations_portion_id';
  END IF;
  RETURN NULL;
END$$;
CREATE TRIGGER of_portions AFTER INSERT ON reservations REFERENCING NEW TABLE AS stored
  FOR EACH STATEMENT EXECUTE FUNCTION reservations_are_of_portions();
CREATE FUNCTION portions_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'portions are ended, never removed'; END$$;
CREATE TRIGGER no_delete BEFORE DELETE ON portions FOR EACH STATEMENT EXECUTE FUNCTION portions_are_for_ever();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON portions FOR EACH STATEMENT EXECUTE FUNCTION portions_are_for_ever();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("fk_reservations_portion_id", "reservations", type_="foreignkey")
    op.execute(REQUIRE_PORTIONS)


def downgrade() -> None:
    op.execute("DROP TRIGGER no_truncate ON portions; DROP TRIGGER no_delete ON portions")
    op.execute("DROP FUNCTION portions_are_for_ever()")
    op.execute("DROP TRIGGER of_portions ON reservations; DROP FUNCTION reservations_are_of_portions()")
    op.create_foreign_key("fk_reservations_portion_id", "reservations", "portions", ["portion_id"], ["id"])
