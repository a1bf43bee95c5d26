"""Keeps the garbage collector off the frames: a full collection holds all threads for 100 ms.

What a loaded model brings, torch's own objects above all, stays for the program's life. So nothing
is collected while a model is loaded, and what there is then is not looked through any more.
"""

import gc


def begin_loading() -> None:
    """Collect nothing until the model is there."""
    gc.unfreeze()
    gc.disable()


def end_loading(*, is_replaced: bool) -> None:
    """Take all there is for something that stays; first free a model that was replaced."""
    if is_replaced:
        gc.collect()
    gc.freeze()
    gc.enable()


def begin_serving() -> None:
    """Take all there is for something that stays: no model is loaded here, and none will go."""
    gc.freeze()


def begin_unloading() -> None:
    """Let a model that goes be found as garbage."""
    gc.unfreeze()
