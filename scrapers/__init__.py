"""Network in, `Article` out: declared sources, one polite client, feeds, rolls and sitemaps, article extraction.

The modules, in the order in which data meets them: `sources` and `roll_table` (declared in TOML, read by
`declarations`); `client` with `sending`, `responses`, `addresses`, `bodies`, `pacing` and `robots`; `archive` with
`archived` and `replay`; `charsets` with `likelihood` and `han_tiers`; `feeds` with `fragments`, `rolls` with
`json_answers`, `sitemaps`, and `listings` over the three; `extraction` with `agreement`, `voters`, `site_selectors`,
`pagehead` and `dating`; `collect` with `polls` and `health`, and `runs` over all of it. Market series: `market_series`,
`market_providers`, `market_answers`, `market_folder`, `market_refresh`. Nothing here scores or stores articles: storing
goes through the sink given to `collect`.
"""
