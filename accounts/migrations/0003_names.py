"""An index for parts of names, see `accounts.names`."""

from django.db import migrations

GRAMS = """
CREATE FUNCTION accounts_grams(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT array_agg(DISTINCT substr(lower(name), i, n))
    FROM generate_series(1, length(name)) i, generate_series(1, 2) n
$$;
CREATE INDEX organisation_name_grams ON accounts_organisation USING gin (accounts_grams(name::text));
"""

UNDO = """
DROP INDEX organisation_name_grams;
DROP FUNCTION accounts_grams(text);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tokens")]
    operations = [migrations.RunSQL(GRAMS, UNDO)]
