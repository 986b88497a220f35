"""The store: articles, their versions and their scores in a SQL database (SQLite or PostgreSQL).

In reading order: `store` (what callers use), `tables` (the schema), `engine` (opening and checking), `rows` (records
into rows and back), `writes` (idempotent inserts), `log_of_tests` (which tests were run).
"""

from nlp.store.engine import sqlite_file
from nlp.store.store import ArticleVersion, Counts, Listed, Store
from nlp.store.writes import AddReport

__all__ = ["AddReport", "ArticleVersion", "Counts", "Listed", "Store", "sqlite_file"]
