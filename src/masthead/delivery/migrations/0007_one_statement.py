"""On PostgreSQL, the commit between two dots as one function: one round trip, planned once in a session."""

from django.db import migrations

# The statements of `ledger/committing.py`, in its order; in a VOLATILE function each of them sees what was committed before it
# began, so the gate looks after the ranges are held. All arrays of one kind are of one length. The planner is told to go by
# keys, and is given subqueries that it cannot turn into joins: a plan made while it knew nothing of a table that has just been
# filled read all readers for each commit.
FUNCTION = """
CREATE FUNCTION delivery_commit(
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
            digest = CASE WHEN d.repeats + v.repeat > 0 OR v.state IN (3, 8) THEN d.digest END, repeats = d.repeats + v.repeat
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


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION delivery_commit")


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0006_reach"),
        ("audience", "0001_initial"),
        ("mail", "0001_initial"),
    ]
    operations = [migrations.RunPython(install, remove)]
