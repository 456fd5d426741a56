"""The SQL by which ties are found: sets that the rules share, and each rule's own rows. No value stands in any text.

Organisations are matched by what they are known by: their credit code and the code of their group; by the name only
where an expert gave no code. `%(on)s` is the day by which periods are counted.
"""

# What a firm or a post is known by: credit code, group code, and the name of what has no code.
_KNOWN_BY = """(VALUES (NULLIF({0}.credit_code, '')), (NULLIF({0}.group_code, '')), ({1})) AS known(by)"""

SETS = f"""
subject AS MATERIALIZED (
  SELECT a.id AS application_id, a.applicant_id FROM workflows_application a WHERE a.id = ANY(%(cases)s)
),
firm AS MATERIALIZED (
  SELECT o.id AS applicant_id, known.by
    FROM (SELECT DISTINCT applicant_id AS id FROM subject) s JOIN accounts_organisation o USING (id)
    CROSS JOIN LATERAL {_KNOWN_BY.format("o", "'name:' || o.name")} WHERE known.by IS NOT NULL
),
asked AS MATERIALIZED (
  SELECT e.id AS expert_id, e.user_id, e.name, lower(e.email) AS email, e.id_index FROM workflows_expert e
   WHERE e.status IN ('applied', 'enrolled', 'suspended')
     AND (%(experts)s::bigint[] IS NULL OR e.id = ANY(%(experts)s::bigint[]))
),
held AS MATERIALIZED (
  SELECT p.id, p.expert_id, p.kind, p.organisation, p.credit_code, p.group_code, p.from_on, p.until_on, known.by
    FROM workflows_expertpost p
    CROSS JOIN LATERAL {_KNOWN_BY.format("p", "CASE WHEN p.credit_code = '' THEN 'name:' || p.organisation END")}
   WHERE known.by IS NOT NULL AND (p.from_on IS NULL OR p.from_on <= %(on)s::date)
),
tied AS MATERIALIZED (
  SELECT DISTINCT h.id, h.expert_id, f.applicant_id, h.kind, h.organisation, h.credit_code, h.group_code, h.from_on,
         h.until_on FROM held h JOIN firm f USING (by)
)"""  # noqa: S608 - no value stands in it


def post(*kinds: str) -> str:
    """Posts of these kinds at the applicant or in its group, now or until so many years ago."""
    among = ", ".join(f"'{kind}'" for kind in kinds)
    return f"""
SELECT t.expert_id, s.application_id, jsonb_build_object('what', t.kind, 'organisation', t.organisation,
         'code', t.credit_code, 'group', t.group_code, 'from', t.from_on, 'until', t.until_on) AS tie
  FROM tied t JOIN subject s USING (applicant_id)
 WHERE t.kind IN ({among}) AND (t.until_on IS NULL OR t.until_on >= {{since}})"""  # noqa: S608


# A relative works for the applicant, or bears the name of somebody who heads it. The names of relatives are sealed:
# equal names are found by their blind index, which comes with the statement.
KIN = """
SELECT r.expert_id, s.application_id, jsonb_build_object('what', r.kin, 'organisation', r.organisation,
         'code', r.credit_code, 'position', r.position) AS tie
  FROM workflows_expertrelation r
  CROSS JOIN LATERAL (VALUES (COALESCE(NULLIF(r.credit_code, ''), 'name:' || r.organisation))) AS known(by)
  JOIN firm f USING (by) JOIN subject s USING (applicant_id)
UNION ALL
SELECT r.expert_id, s.application_id, jsonb_build_object('what', r.kin, 'organisation', o.name, 'head', h.post)
  FROM unnest(%(heads)s::bigint[], %(head_names)s::bytea[], %(head_posts)s::text[]) AS h(applicant_id, name, post)
  JOIN workflows_expertrelation r ON r.relative_index = h.name
  JOIN subject s USING (applicant_id) JOIN accounts_organisation o ON o.id = h.applicant_id"""

APPLIED = """
SELECT e.expert_id, s.application_id, jsonb_build_object('what', took.what, 'number', took.number) AS tie
  FROM (
    SELECT e.expert_id, x.applicant_id, 'began' AS what, COALESCE(x.number, '') AS number
      FROM asked e JOIN workflows_application x ON x.created_by_id = e.user_id AND x.created_at >= {since}
     WHERE x.applicant_id IN (SELECT applicant_id FROM subject)
    UNION SELECT e.expert_id, x.applicant_id, 'contact', x.number
      FROM workflows_application x JOIN asked e ON e.email = lower(x.answers->>'contact_email')
     WHERE x.number IS NOT NULL AND x.created_at >= {since}
       AND x.applicant_id IN (SELECT applicant_id FROM subject)
    UNION SELECT e.expert_id, x.applicant_id, 'roster', x.number
      FROM asked e JOIN workflows_person p ON p.id_index = e.id_index AND e.id_index <> ''::bytea
      JOIN workflows_application x ON x.id = p.application_id AND x.number IS NOT NULL AND x.created_at >= {since}
     WHERE x.applicant_id IN (SELECT applicant_id FROM subject)
    UNION SELECT e.expert_id, m.organisation_id, 'member', ''
      FROM asked e JOIN accounts_membership m ON m.user_id = e.user_id AND (m.ended_at IS NULL OR m.ended_at >= {since})
     WHERE m.organisation_id IN (SELECT applicant_id FROM subject)
  ) took JOIN asked e USING (expert_id) JOIN subject s USING (applicant_id)"""

# Somebody who works for this applicant (tied) reviewed a firm for which the expert works (theirs).
MUTUAL = f"""
SELECT mine.expert_id, s.application_id, jsonb_build_object('what', 'reviewed', 'number', seen.number,
         'organisation', mine.organisation) AS tie
  FROM (SELECT DISTINCT t.applicant_id, x.applicant_id AS reviewed_id, x.number
          FROM tied t JOIN workflows_assignment a USING (expert_id)
          JOIN workflows_application x ON x.id = a.application_id
         WHERE t.kind = 'employed' AND (t.until_on IS NULL OR t.until_on >= %(on)s::date)
           AND a.submitted_at >= {{since}} AND x.applicant_id <> t.applicant_id) seen
  JOIN accounts_organisation o ON o.id = seen.reviewed_id
  CROSS JOIN LATERAL {_KNOWN_BY.format("o", "'name:' || o.name")}
  JOIN held mine ON mine.by = known.by AND mine.kind = 'employed'
       AND (mine.until_on IS NULL OR mine.until_on >= %(on)s::date)
  JOIN subject s ON s.applicant_id = seen.applicant_id"""  # noqa: S608

EXCLUDED = """
SELECT e.expert_id, s.application_id, jsonb_build_object('what', 'excluded', 'name', x.name,
         'organisation', x.organisation, 'code', x.credit_code) AS tie
  FROM workflows_excludedexpert x JOIN subject s USING (application_id) JOIN asked e ON e.name = x.name
 WHERE EXISTS (SELECT FROM workflows_expertpost p WHERE p.expert_id = e.expert_id
    AND ((x.credit_code <> '' AND x.credit_code IN (p.credit_code, p.group_code))
      OR (x.organisation <> '' AND x.organisation = p.organisation)))"""
