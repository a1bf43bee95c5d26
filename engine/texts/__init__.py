"""What of a user's folders is text: to be learned from, and to be measured on.

`reading` takes documents out of folders, without what nobody wrote there by hand (`leaving_out`)
and without what looks like a secret (`secrets`); `splitting` keeps some of them apart. Nothing here
knows torch, and nothing is written or sent.
"""
