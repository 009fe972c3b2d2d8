from django.db import migrations

FORWARD = """
CREATE SEQUENCE petitions_number;

CREATE FUNCTION petitions_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.note = '' AND (to_jsonb(NEW) - 'note') = (to_jsonb(OLD) - 'note') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'petitions_petitionevent is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER petitions_event_append_only BEFORE UPDATE OR DELETE ON petitions_petitionevent
    FOR EACH ROW EXECUTE FUNCTION petitions_event_append_only();
CREATE TRIGGER petitions_event_no_truncate BEFORE TRUNCATE ON petitions_petitionevent
    FOR EACH STATEMENT EXECUTE FUNCTION petitions_event_append_only();
"""
BACKWARD = """
DROP TRIGGER petitions_event_no_truncate ON petitions_petitionevent;
DROP TRIGGER petitions_event_append_only ON petitions_petitionevent;
DROP FUNCTION petitions_event_append_only();
DROP SEQUENCE petitions_number;
"""


class Migration(migrations.Migration):
    """The running count of petition numbers, and a history that the database keeps append-only."""

    dependencies = [("petitions", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
