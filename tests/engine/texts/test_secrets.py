"""Lines with keys, tokens and passwords are found; lines that only speak of them are not."""

import pytest

from engine.texts.secrets import looks_secret, without_secrets

# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "aws_key = " + "AKIA" + "IOSFODNN7EXAMPLQ",
    "GITHUB=" + "ghp_" + "a1B2" * 9,
    "slack: " + "xoxb" + "-1234567890-abcdefghij",
    "key = '" + "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc'",
    "Authorization: Bearer " + "eyJ" + "hbGciOiJIUzI1NiJ9" + "." + "eyJ" + "zdWIiOiIxMjM0In0.abc",
    "postgres://admin:hunter2x@db.internal/live",
    "password = 'k8Wq-31hTz'",
    'config["api_key"] = "91afc27d"',
    "PASSWORD=Zebra4711!x",
    "const clientSecret: string = 'q8fj2LpX93'".replace(": string", ""),
    "salt = '" + "9f86d081884c7d659a2feaa0c55ad015" + "'",
    "cookie = " + "Zx81kQpLm4vTn7Bw" + "Yc2RfGh9JdKs3AeU",
]
HARMLESS = [
    "password = getpass('Password: ')",
    "token = tokens[index]",
    "tokenizer = load(folder)",
    "The password is the name of your first dog, she said.",
    "password = 'your-password-here'",
    "secret = None",
    "https://example.com/a/very/long/path/that/goes/on/and/on.html",
    "user = 'postgres://user:password@localhost/db'",
    "def test_a_name_that_is_as_long_as_a_sentence_is_no_secret(self) -> None:",
    "x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
    "if api_key:",
]


@pytest.mark.parametrize("line", SECRETS)
def test_secrets_are_found(line: str) -> None:
    assert looks_secret(line)


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_speaks_of_secrets_stays(line: str) -> None:
    assert not looks_secret(line)


@pytest.mark.parametrize("beginning", ["token", "eyJ", "token:=", "apikeys"])
def test_a_line_of_nothing_but_beginnings_is_looked_through(beginning: str) -> None:
    """What is tried anew from each to the end of the line takes hours."""
    assert not looks_secret(beginning * (300_000 // len(beginning)))


def test_a_secret_may_be_long() -> None:
    assert looks_secret("x" + "eyJ" + "hbGciOiJ" * 40 + "." + "eyJ" + "zdWIiOiI" * 200 + ".abc")
    assert looks_secret("TOKEN=" + "k8Wq-31hTz" * 30)


def test_a_private_key_goes_as_a_whole() -> None:
    kind = "PRIVATE " + "KEY"
    key = f"-----BEGIN RSA {kind}-----\nMIIB\nshort\n-----END RSA {kind}-----\n"
    assert without_secrets("one\n" + key + "two\n") == (
        [(0, "one\n"), (len("one\n" + key), "two\n")],
        4,
    )


def test_a_text_without_secrets_is_one_piece() -> None:
    assert without_secrets("one\ntwo") == ([(0, "one\ntwo")], 0)
    assert without_secrets("") == ([], 0)
