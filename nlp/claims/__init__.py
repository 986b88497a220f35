"""Claims: the numbers in an article, which series each speaks of, and whether it was true when the article appeared.

In reading order: `records` (what is handed on), `figures` (numbers with units in a text; `grammars` lists the tables of
each language), `windows` (the time that a figure is about; `time_patterns_zh`, `time_patterns_en`), `indicators` (the
table of what can be spoken of), `linking` (from figure to indicator), `checking` (against a series as it was known),
`safeguards` (what withholds a failing verdict), `articles` (all of it for an article), `claim_table` (claims.csv).
"""
