"""How well a model fills the user's own texts: gaps are cut out of documents and filled again.

`cuts` and `tasks` say which gaps, `running` has them filled by the engine as the editor would,
`outcome` and `figures` judge, `store` keeps, `report` says it in words. Nothing of it leaves the
machine, but what a chosen server is asked.
"""
