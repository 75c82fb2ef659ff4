"""PostgreSQL's way of keeping long texts small: LZ4 where the server has it.

Measured on 100 answers of the corpus: 0.7 ms to unpack, 2.0 ms with PostgreSQL's own way (pglz),
which every search does; packing is faster too, and the database is 2 % larger.
"""

# Only what is written from now on: rows that stand keep theirs, and are read as ever.
LZ4 = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_settings
               WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
        ALTER TABLE {table} {columns};
    END IF;
END $$;
"""


def compress_with_lz4(table: str, *columns: str) -> str:
    """The statement that has new values of these columns packed with LZ4; on a server without it,
    one that does nothing."""
    alter = ", ".join(f"ALTER COLUMN {column} SET COMPRESSION lz4" for column in columns)
    return LZ4.format(table=table, columns=alter)
