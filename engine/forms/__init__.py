"""Forms of text, such as a number or one of a list, and what they say of tokens in slots.

A form is a regular language: `kinds` has its pattern, `byte_automaton` the automaton of that,
`token_automaton` what this does with a vocabulary's tokens, and `chain` what follows for slots of
which something is believed.
"""
