"""The store: articles, their versions and their scores in a SQL database (SQLite or PostgreSQL).

In reading order: `store` (what callers use), `tables` (the schema), `engine` (transactions), `upgrades` (opening and
checking), `rows` (records into rows and back), `writes` (idempotent inserts), `pages` (reading much), `scored`
(scores), `log_of_tests` (which tests were run). Scoring by several processes: `work` (what a worker does), `leases`
(who has what), `presence` (who lives), `readings` (what was read already).
"""

from nlp.store.engine import sqlite_file
from nlp.store.store import ArticleVersion, Counts, Listed, Store
from nlp.store.work import Batch, Work
from nlp.store.writes import AddReport

__all__ = ["AddReport", "ArticleVersion", "Batch", "Counts", "Listed", "Store", "Work", "sqlite_file"]
