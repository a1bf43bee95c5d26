"""What begins a comment, and what ends it where the line's end does not, by a file's suffix."""

DEFAULT = ("#", "")

# One kind a line: the marks, a tab, the suffixes.
TABLE = """\
#	py pyw pyi sh bash zsh rb pl r yml yaml toml cfg conf ini mk cmake nim ex exs jl ps1 tcl awk
#	dockerfile makefile gitignore properties
//	c h cc cpp hpp cxx cs java js jsx mjs ts tsx go rs swift kt kts scala dart php groovy zig
//	proto scss less v sv json5 jsonc
--	sql lua hs elm ada adb vhd vhdl
%	tex sty cls bib erl m mat
;	lisp el clj cljs scm rkt asm s
<!-- -->	html htm xml svg xhtml md markdown vue svelte
/* */	css
"	vim
!	f90 f95
REM	bat cmd
"""


def _parsed(table: str) -> dict[str, tuple[str, str]]:
    marks = {}
    for line in table.splitlines():
        kind, _, suffixes = line.partition("\t")
        begin, _, end = kind.partition(" ")
        marks.update(dict.fromkeys(suffixes.split(), (begin, end)))
    return marks


MARKS = _parsed(TABLE)


def comment_marks(file_name: str) -> tuple[str, str]:
    """Return what stands around a comment in files of this name."""
    return MARKS.get(file_name.rpartition(".")[2].lower(), DEFAULT)
