"""Labels as annotation tools write them, into froth's labelled sentences and articles, and back.

- `marks.py` what a tool's file holds: texts, spans and answers, by annotator
- `label_studio.py`, `doccano.py`, `argilla.py`, `conll.py`, `tables.py`, `froth_lines.py` one format each
- `formats.py` the table of formats; tells by its content which one a file is in
- `names.py` what a tool's label says: which narrative, which answer
- `offsets.py` where a span is: code points, UTF-16 code units, line ends counted otherwise
- `projection.py` spans and answers into labels, `sentences.py` and `articles.py` of what
- `writing.py` labels into what the writers of formats take
- `agreement.py` with `coefficients.py` how far annotators agree, `disagreements.py` where they do not
"""
