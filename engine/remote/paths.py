"""What a server is asked for, and where."""

COMPLETIONS, CHAT, TOKENIZE = "/v1/completions", "/v1/chat/completions", "/tokenize"
INFILL = "/infill"  # llama.cpp's own
