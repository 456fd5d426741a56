"""What the database itself refuses: undeclared edges, altered events, deleted cases."""

from django.db import migrations

EDGES = """
-- The planner takes the two transition tables for small and nests their loops: 10,000 rows took 40 s.
CREATE FUNCTION workflows_refuse_edge() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.programme, o.state AS source, n.state AS target INTO bad
    FROM new_rows n JOIN old_rows o ON o.id = n.id
   WHERE (n.state <> o.state OR n.programme <> o.programme)
     AND NOT EXISTS (SELECT 1 FROM workflows_edge e
                      WHERE e.programme = o.programme AND n.programme = o.programme
                        AND e.source = o.state AND e.target = n.state)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: no step of % leads from % to %', bad.id, bad.programme, bad.source, bad.target
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER application_edge AFTER UPDATE ON workflows_application
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_refuse_edge();

CREATE FUNCTION workflows_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.programme, n.state INTO bad FROM new_rows n
   WHERE NOT EXISTS (SELECT 1 FROM workflows_edge e
                      WHERE e.programme = n.programme AND e.source = '' AND e.target = n.state)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'application %: % does not begin in %', bad.id, bad.programme, bad.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_edge';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER application_entry AFTER INSERT ON workflows_application
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_refuse_entry();
"""

APPEND_ONLY = """
CREATE FUNCTION workflows_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: the audit trail is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON workflows_event
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON workflows_event
  FOR EACH STATEMENT EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER command_append_only BEFORE UPDATE OR DELETE ON workflows_command
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE ON workflows_auditcheckpoint
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER notice_line_append_only BEFORE DELETE ON workflows_noticeline
  FOR EACH ROW EXECUTE FUNCTION workflows_append_only();
CREATE TRIGGER application_kept BEFORE DELETE ON workflows_application
  FOR EACH ROW WHEN (OLD.seq > 0) EXECUTE FUNCTION workflows_append_only();
"""

UNDO = """
DROP TRIGGER application_kept ON workflows_application;
DROP TRIGGER checkpoint_append_only ON workflows_auditcheckpoint;
DROP TRIGGER notice_line_append_only ON workflows_noticeline;
DROP TRIGGER command_append_only ON workflows_command;
DROP TRIGGER event_no_truncate ON workflows_event;
DROP TRIGGER event_append_only ON workflows_event;
DROP FUNCTION workflows_append_only();
DROP TRIGGER application_entry ON workflows_application;
DROP TRIGGER application_edge ON workflows_application;
DROP FUNCTION workflows_refuse_entry();
DROP FUNCTION workflows_refuse_edge();
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]
    operations = [migrations.RunSQL(EDGES + APPEND_ONLY, UNDO)]
