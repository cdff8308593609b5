"""Rows of the ledger that are written in place: no index depends on whether a mail waits, is being sent or was accepted."""

import importlib

from django.db import migrations, models

_BEFORE = importlib.import_module("masthead.delivery.migrations.0007_one_statement")

# That of 0007, but an accepted row gives up its date and digest, which are there for a repeat.
FUNCTION = """
CREATE OR REPLACE FUNCTION delivery_commit(
    of_campaign bigint, on_lists bigint[], today date, ranges bigint[], tokens int[], rates int[],
    r_id bigint[], r_range bigint[], r_attempt int[], r_next int[], r_state int[], r_at bigint[], r_code int[], r_reply text[],
    r_retry bigint[], r_repeat int[],
    w_id bigint[], w_range bigint[], w_attempt int[], w_dated bigint[], w_digests bytea, at_second bigint,
    OUT held bigint[], OUT sending boolean, OUT granted bigint[]
) LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    refused bigint[];
BEGIN
    SELECT coalesce(array_agg(r.id), '{}') INTO held
    FROM (SELECT id, token FROM delivery_range WHERE id = ANY(ranges) ORDER BY id FOR UPDATE) r
    JOIN unnest(ranges, tokens) AS c(id, token) ON c.id = r.id AND c.token = r.token;

    IF cardinality(r_id) > 0 THEN
        UPDATE delivery_delivery d
        SET state = v.state, at = v.at, code = v.code, reply = v.reply, retry_at = v.retry_at, attempt = v.next,
            dated = CASE WHEN v.state <> 3 THEN d.dated END,
            digest = CASE WHEN v.state <> 3 AND (d.repeats + v.repeat > 0 OR v.state = 8) THEN d.digest END,
            repeats = d.repeats + v.repeat
        FROM unnest(r_id, r_range, r_attempt, r_next, r_state, r_at, r_code, r_reply, r_retry, r_repeat)
            AS v(id, range, attempt, next, state, at, code, reply, retry_at, repeat)
        WHERE d.id = v.id AND d.attempt = v.attempt AND (d.state = 1 OR (d.state IN (0, 2) AND v.state <> 3))
            AND v.range = ANY(held);
    END IF;

    SELECT state = 'sending' INTO sending FROM delivery_campaign WHERE id = of_campaign;
    sending := coalesce(sending, false);
    granted := '{}';
    IF sending AND cardinality(w_id) > 0 THEN
        WITH moved AS (
            UPDATE delivery_delivery d
            SET state = 1, attempt = v.attempt, dated = v.dated, digest = substr(w_digests, 16 * v.place::int - 15, 16)
            FROM unnest(w_id, w_range, w_attempt, w_dated) WITH ORDINALITY AS v(id, range, attempt, dated, place),
                audience_subscriber s
            WHERE d.id = v.id AND s.id = d.subscriber_id AND v.range = ANY(held)
                AND (d.state IN (0, 2) OR (d.state = 1 AND d.attempt = v.attempt))
                AND (
                    SELECT 1 FROM audience_subscription t
                    WHERE t.subscriber_id = d.subscriber_id AND t.list_id = ANY(on_lists) AND t.state = 'active'
                    AND (t.paused_until IS NULL OR t.paused_until <= today) LIMIT 1
                ) = 1
                AND (SELECT 1 FROM mail_suppression x WHERE x.fingerprint = s.fingerprint) IS NULL
                AND (SELECT 1 FROM mail_suppression x WHERE x.domain = s.domain) IS NULL
            RETURNING d.id
        )
        SELECT coalesce(array_agg(id), '{}') INTO granted FROM moved;

        IF cardinality(granted) < cardinality(w_id) THEN
            SELECT array_agg(v.id) INTO refused
            FROM unnest(w_id, w_range) AS v(id, range) WHERE v.range = ANY(held) AND v.id <> ALL(granted);
            UPDATE delivery_delivery d SET state = 6, at = at_second, retry_at = NULL, reply = why.reason
            FROM (
                SELECT o.id, CASE
                    WHEN s.id IS NULL THEN 'erased'
                    WHEN NOT EXISTS (
                        SELECT 1 FROM audience_subscription t
                        WHERE t.subscriber_id = o.subscriber_id AND t.list_id = ANY(on_lists) AND t.state = 'active'
                    ) THEN 'unsubscribed'
                    WHEN NOT EXISTS (
                        SELECT 1 FROM audience_subscription t
                        WHERE t.subscriber_id = o.subscriber_id AND t.list_id = ANY(on_lists) AND t.state = 'active'
                        AND (t.paused_until IS NULL OR t.paused_until <= today)
                    ) THEN 'paused by the reader'
                    WHEN EXISTS (SELECT 1 FROM mail_suppression x WHERE x.fingerprint = s.fingerprint) THEN 'suppressed'
                    WHEN EXISTS (SELECT 1 FROM mail_suppression x WHERE x.domain = s.domain) THEN 'suppressed domain'
                    ELSE '' END AS reason
                FROM delivery_delivery o LEFT JOIN audience_subscriber s ON s.id = o.subscriber_id
                WHERE o.id = ANY(refused)
            ) why
            WHERE d.id = why.id AND d.state IN (0, 2) AND why.reason <> '';
        END IF;
    END IF;

    IF rates IS NOT NULL THEN
        UPDATE delivery_range r SET heartbeat_at = extract(epoch FROM clock_timestamp())::bigint, rate = c.rate
        FROM unnest(ranges, rates) AS c(id, rate) WHERE r.id = c.id AND r.id = ANY(held);
    END IF;
END
$$
"""

_RARE = "CASE WHEN state > 1 AND state <> 3 THEN state END"
_INDEX = "CREATE INDEX delivery_rare ON delivery_delivery (campaign_id, rare) WHERE rare IS NOT NULL"
_OLD_INDEX = "CREATE INDEX delivery_answered ON delivery_delivery (campaign_id, state) WHERE state > 1"

# One rewrite of the table. Room is left in each page for the next version of some of its rows.
_POSTGRESQL = (
    "ALTER TABLE delivery_delivery SET (fillfactor = 67)",
    "ALTER TABLE delivery_delivery"
    f" ADD COLUMN rare smallint GENERATED ALWAYS AS ({_RARE}) STORED,"
    " ALTER COLUMN digest TYPE bytea USING (CASE WHEN state <> 3 THEN digest END),"
    " ALTER COLUMN dated TYPE bigint USING (CASE WHEN state <> 3 THEN dated END)",
    FUNCTION,
)
# Altered and not remade: a virtual column takes no room, and whatever is tied to the table stays.
_SQLITE = (f"ALTER TABLE delivery_delivery ADD COLUMN rare smallint GENERATED ALWAYS AS ({_RARE}) VIRTUAL",)
_ACCEPTED = (
    "UPDATE delivery_range SET accepted = (SELECT count(*) FROM delivery_delivery d"
    " WHERE d.id BETWEEN first AND last AND d.campaign_id = delivery_range.campaign_id AND d.state = 3)"
)


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    own = _POSTGRESQL if postgresql else _SQLITE
    for statement in ("DROP INDEX delivery_answered", *own, _INDEX, _ACCEPTED):
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    schema_editor.execute("DROP INDEX delivery_rare")
    schema_editor.execute("ALTER TABLE delivery_delivery DROP COLUMN rare")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE delivery_delivery RESET (fillfactor)")
        schema_editor.execute("DROP FUNCTION delivery_commit")
        schema_editor.execute(_BEFORE.FUNCTION)
    schema_editor.execute(_OLD_INDEX)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0012_providers_of_campaigns")]
    operations = [
        migrations.AddField(
            model_name="range",
            name="accepted",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(install, remove)],
            state_operations=[
                migrations.RemoveIndex(model_name="delivery", name="delivery_answered"),
                migrations.AddField(
                    model_name="delivery",
                    name="rare",
                    field=models.GeneratedField(
                        expression=models.Case(
                            models.When(models.Q(("state__gt", 1), models.Q(("state", 3), _negated=True)), then=models.F("state"))
                        ),
                        output_field=models.PositiveSmallIntegerField(null=True),
                        db_persist=True,
                    ),
                ),
                migrations.AddIndex(
                    model_name="delivery",
                    index=models.Index(
                        fields=["campaign", "rare"], name="delivery_rare", condition=models.Q(("rare__isnull", False))
                    ),
                ),
            ],
        ),
    ]
