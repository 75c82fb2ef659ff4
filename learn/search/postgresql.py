"""The text index on PostgreSQL: a table of text vectors, and one of how common each stem is.

Plain tables beside Django's: models would have to exist on SQLite too.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from django.db import connection, transaction

from learn.compression import compress_with_lz4
from learn.models import Question

# Grows with every change of SCHEMA; the index is then made and filled anew.
VERSION = "8"

# Split as learn.search.words does it: PostgreSQL's own parser takes a/b for a path. A vector
# holds a megabyte at most.
SCHEMA = r"""
DROP TABLE IF EXISTS learn_searchdocument, learn_searchterm, learn_searchtitleword;
CREATE TABLE learn_searchdocument (
    question_id bigint PRIMARY KEY,
    vector tsvector NOT NULL,
    title tsvector NOT NULL,
    title_words tsvector NOT NULL
);
-- Search; spelling by what stands together; suggestions.
CREATE INDEX searchdocument_vector ON learn_searchdocument USING gin (vector);
CREATE INDEX searchdocument_title ON learn_searchdocument USING gin (title);
-- The titles of few words, which of all that have a word are closest to it.
CREATE INDEX searchdocument_short_title ON learn_searchdocument USING gin (title)
    WHERE length(title) <= 3;
CREATE INDEX searchdocument_title_words ON learn_searchdocument USING gin (title_words);
CREATE TABLE learn_searchterm (term text PRIMARY KEY, documents integer NOT NULL);
CREATE TABLE learn_searchtitleword (word text PRIMARY KEY, titles integer NOT NULL);

CREATE OR REPLACE FUNCTION learn_search_words(written text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(
        regexp_replace(normalize(lower(left(written, 200000)), NFKD), '[\u0300-\u036f]', '', 'g'),
        '[^[:alnum:]]+', ' ', 'g')
$$;
CREATE OR REPLACE FUNCTION learn_search_vector(title text, answer text) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', learn_search_words(title)), 'A')
        || setweight(to_tsvector('pg_catalog.english', learn_search_words(answer)), 'D')
$$;
-- The planner has no idea how common a word is, and then reads all rows, in order or by their keys:
-- functions forbid it, which leaves it the index of words. So there is one plan for each, and
-- plpgsql keeps it for the session: to plan takes as long as many a search.
DROP FUNCTION IF EXISTS learn_search_documents(text),
    learn_search_stand_in_a_title(tsquery),
    learn_search_having(tsquery, integer), learn_search_closest(tsquery, integer);
CREATE FUNCTION learn_search_documents(term text) RETURNS integer
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN count(*) FROM (
        SELECT FROM learn_searchdocument WHERE vector @@ quote_literal(term)::tsquery LIMIT 100
    ) AS found;
END $$;
CREATE FUNCTION learn_search_stand_in_a_title(query tsquery) RETURNS boolean
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM learn_searchdocument WHERE title @@ query);
END $$;
CREATE FUNCTION learn_search_having(query tsquery, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT question_id FROM learn_searchdocument WHERE vector @@ query LIMIT most;
END $$;
-- The titles that say it all come first, those that say little else before others: where common
-- words match thousands of answers, the page that is meant has them in its title. To see how long a
-- title is, or how often an answer has the words, reads its row, so of more than a thousand the
-- others are not looked at.
CREATE FUNCTION learn_search_closest(query tsquery, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    compared integer := greatest(1000, most);
    short integer;
    others integer;
BEGIN
    RETURN QUERY SELECT question_id FROM (
        SELECT question_id, title FROM learn_searchdocument
        WHERE title @@ query AND length(title) <= 3 LIMIT compared
    ) AS found ORDER BY length(title) LIMIT most;
    GET DIAGNOSTICS short = ROW_COUNT;
    IF short = most THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT question_id FROM (
        SELECT question_id, title FROM learn_searchdocument WHERE title @@ query LIMIT compared
    ) AS found WHERE length(title) > 3 ORDER BY length(title) LIMIT most - short;
    GET DIAGNOSTICS others = ROW_COUNT;
    IF short + others = most THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT question_id FROM (
        SELECT question_id, vector FROM learn_searchdocument WHERE vector @@ query LIMIT compared
    ) AS found ORDER BY ts_rank('{0.3, 0.3, 0.3, 1}', vector, query) DESC LIMIT most;
END $$;
-- Terms that are younger than the statistics are counted now. What PostgreSQL leaves out as a stop
-- word is in all questions, for which the greatest key stands: counting them takes time.
CREATE OR REPLACE FUNCTION learn_search_frequencies(words text[])
RETURNS TABLE (word text, questions bigint) LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT asked.word, CASE
        WHEN stems = '{}' THEN (SELECT coalesce(max(question_id), 0) FROM learn_searchdocument)
        ELSE coalesce(documents, learn_search_documents(stems[1])) END
    FROM (
        SELECT given.word, ts_lexize('english_stem', given.word) AS stems
        FROM unnest(words) AS given(word)
    ) AS asked LEFT JOIN learn_searchterm ON term = stems[1];
END $$;
CREATE OR REPLACE FUNCTION learn_search_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM learn_searchdocument;
        DELETE FROM learn_searchterm;
        DELETE FROM learn_searchtitleword;
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM learn_searchdocument WHERE question_id = OLD.id;
    ELSIF TG_OP = 'INSERT' OR OLD.title <> NEW.title OR OLD.answer <> NEW.answer THEN
        INSERT INTO learn_searchdocument VALUES (
            NEW.id, learn_search_vector(NEW.title, NEW.answer),
            to_tsvector('pg_catalog.english', learn_search_words(NEW.title)),
            to_tsvector('pg_catalog.simple', learn_search_words(NEW.title))
        ) ON CONFLICT (question_id) DO UPDATE SET vector = EXCLUDED.vector,
            title = EXCLUDED.title, title_words = EXCLUDED.title_words;
    END IF;
    RETURN NULL;
END $$;
-- Without columns: PostgreSQL would refuse every migration that alters one.
CREATE OR REPLACE TRIGGER learn_search_rows AFTER INSERT OR UPDATE OR DELETE ON learn_question
    FOR EACH ROW EXECUTE FUNCTION learn_search_feed();
CREATE OR REPLACE TRIGGER learn_search_truncate AFTER TRUNCATE ON learn_question
    FOR EACH STATEMENT EXECUTE FUNCTION learn_search_feed();
"""

PACKED = compress_with_lz4("learn_searchdocument", "vector", "title", "title_words")

FILL = """
DELETE FROM learn_searchdocument;
INSERT INTO learn_searchdocument
SELECT id, learn_search_vector(title, answer),
       to_tsvector('pg_catalog.english', learn_search_words(title)),
       to_tsvector('pg_catalog.simple', learn_search_words(title))
FROM learn_question;
"""

TITLE_WORDS = "SELECT word, ndoc FROM ts_stat('SELECT title_words FROM learn_searchdocument')"
COUNT_TERMS = f"""
DELETE FROM learn_searchterm;
INSERT INTO learn_searchterm
SELECT word, ndoc FROM ts_stat('SELECT vector FROM learn_searchdocument');
DELETE FROM learn_searchtitleword;
INSERT INTO learn_searchtitleword {TITLE_WORDS};
-- What was written by the thousand waits in lists that every search would read through.
SELECT gin_clean_pending_list('searchdocument_vector'),
       gin_clean_pending_list('searchdocument_title'),
       gin_clean_pending_list('searchdocument_short_title'),
       gin_clean_pending_list('searchdocument_title_words');
-- Without this a search just after a rebuild is planned for an empty table: minutes.
ANALYZE learn_searchdocument;
"""


class PostgresqlEngine:
    # Half of what SQLite reads: each answer is unpacked and sent through a socket.
    compared = 100

    def install(self) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT obj_description(to_regclass('learn_searchdocument'))")
            (version,) = cursor.fetchone()
            if version == VERSION:
                return False
            cursor.execute(SCHEMA)
            cursor.execute(PACKED)
            cursor.execute(f"COMMENT ON TABLE learn_searchdocument IS '{VERSION}'")
        return True

    def indexing_together(self, questions: Sequence[Question]) -> AbstractContextManager[None]:
        """The trigger indexes each as it is inserted, which costs no more."""
        return nullcontext()

    def rebuild(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FILL)
        self.refresh_statistics()

    def refresh_statistics(self) -> None:
        """Count the stems and the titles' words: it takes seconds, so single edits do without."""
        with transaction.atomic(), connection.cursor() as cursor:
            # One counts at a time; the other would insert the same terms.
            cursor.execute("LOCK TABLE learn_searchterm IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(COUNT_TERMS)

    def differences(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM learn_question "
                "FULL JOIN learn_searchdocument ON question_id = id "
                "WHERE question_id IS NULL OR id IS NULL "
                "OR vector <> learn_search_vector(learn_question.title, answer)"
            )
            return int(cursor.fetchone()[0])

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM learn_search_frequencies(%s)", [list(words)])
            return dict(cursor.fetchall())

    def last_question(self) -> int:
        # Of the sequence: to plan for a table of so many indexes takes longer than the search.
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_value FROM learn_question_id_seq")
            return int(cursor.fetchone()[0])

    def title_words(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT word, titles FROM learn_searchtitleword")
            counted = dict(cursor.fetchall())
            if not counted:
                # A site of a few pages, written at the desk: nothing has been counted yet.
                cursor.execute(TITLE_WORDS)
                counted = dict(cursor.fetchall())
            return counted

    def having(self, sets: Sequence[Sequence[str]], *, limit: int) -> list[int]:
        query = _one_of(sets)
        function = "learn_search_closest" if len(sets) == 1 else "learn_search_having"
        keys = _keys(
            f"SELECT * FROM {function}(to_tsquery('pg_catalog.english', %s), %s)", [query, limit]
        )
        return list(dict.fromkeys(keys))[:limit]

    def stand_in_a_title(self, words: Sequence[str]) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT learn_search_stand_in_a_title(to_tsquery('pg_catalog.english', %s))",
                [" & ".join(words)],
            )
            return bool(cursor.fetchone()[0])

    def titled(self, words: Sequence[str], beginning: str, *, limit: int) -> list[int]:
        query = " & ".join([*words, *([f"{beginning}:*"] * bool(beginning))])
        return _keys(
            "SELECT question_id FROM learn_searchdocument "
            "WHERE title_words @@ to_tsquery('pg_catalog.simple', %s) LIMIT %s",
            [query, limit],
        )


def _one_of(sets: Iterable[Sequence[str]]) -> str:
    """A query for all words of one of the sets, with what they begin alike with written once:
    the index looks at each page it thinks of as often as there are words in the query."""
    ends: dict[str, list[Sequence[str]]] = {}
    for first, *others in sets:
        ends.setdefault(first, []).append(others)
    return " | ".join(
        f"{first} & ({_one_of(others)})" if all(others) else first for first, others in ends.items()
    )


def _keys(sql: str, parameters: list[str | int]) -> list[int]:
    # A query of its own: as a part of another its plan may be run for every question.
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [pk for (pk,) in cursor.fetchall()]
