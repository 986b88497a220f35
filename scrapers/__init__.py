"""Network in, `Article` out: declared sources, one polite client, feeds, article extraction.

The modules, in the order in which data meets them: `sources` (declarations); `client` with `responses`, `addresses`
and `bodies`; `charsets` with `likelihood` and `han_tiers`; `feeds` with `fragments`; `extraction` with `pagehead` and
`dating`; `collect`. Nothing here scores or stores: storing goes through the sink given to `collect`.
"""
