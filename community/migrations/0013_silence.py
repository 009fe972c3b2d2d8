"""Nothing is put into the inbox of somebody who has died or moved away, whoever sends it."""

from django.db import migrations

KEPT = """
CREATE FUNCTION community_inbox_silence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM community_resident resident JOIN core_user account ON account.id = resident.user_id
        WHERE resident.user_id = NEW.user_id
            AND (
                resident.standing = 'deceased'
                OR (resident.standing = 'moved_out' AND NOT account.is_staff)
            )
    ) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER inbox_keeps_silence BEFORE INSERT ON core_inboxitem
    FOR EACH ROW EXECUTE FUNCTION community_inbox_silence();
"""
FREE = """
DROP TRIGGER inbox_keeps_silence ON core_inboxitem;
DROP FUNCTION community_inbox_silence();
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0012_grid_posts"), ("core", "0010_request_of_message")]

    operations = [migrations.RunSQL(KEPT, FREE)]
