"""Network in, `Article` out: declared sources, one polite client, feeds, article extraction.

The modules, in the order in which data meets them: `sources` (declarations); `client` with `responses`, `addresses`
and `bodies`; `feeds` with `fragments`; `extraction` with `charsets`, `pagehead` and `dating`; `collect`. Market series:
`market_series` (declarations), `market_providers`, `market_answers`, `market_folder`, `market_refresh`. Nothing here
scores or stores articles: storing goes through the sink given to `collect`.
"""
