"""Claims: the numbers in an article, which series each speaks of, and whether it was true when the article appeared.

In reading order:
- `records` (what is handed on), `folding` (the form of a text that rules are written for);
- figures: `figures` (numbers with units in a text; `grammars` lists the tables of each language);
- times: `windows` (the time that a figure is about), `nearest_time` (which of those that its sentence names),
  `time_words_zh` and `time_words_en` (those: how they are written is `time_patterns_*`, what they mean `calendar_*`),
  `related_times` (those that hang on another);
- names: `indicators` (the table of what can be spoken of, `indicators.toml`), `mentions` (its names in a text),
  `sentence_names` (those of a sentence), `clauses`, `places` (where a figure stands);
- linking: `linking` (from figure to claim), `capitals` (headlines that shout), `subjects` and `other_subjects` (which
  name a figure belongs to), `in_order`, `differences`, `surroundings`, `readings` and `moves` (what it says of it),
  `claim_times` (of when), `doubts` (whether as a fact), `plainness` (so plainly that it can be wrong); the words for
  all that: `movement`, `words_of_change`, `words_of_doubt`, `bridges`;
- checking: `series` (values and when each was known), `agreement` (how exact a figure is), `observations` (what a claim
  is compared with; `observed`, `observed_levels`, `observed_changes`), `checking` (the verdict), `safeguards` (what
  withholds a failing one), `quantities`;
- tables: `articles` (all of it for an article), `batches` (for many), `claim_table` (claims.csv);
- `gold`: how much of all that is right in articles whose claims are known.
"""
