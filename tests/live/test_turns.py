"""Who asked first comes first."""

import threading
import time

from app.live.turns import Turns
from tests.live.fakes import wait_until


def test_turns_are_given_in_the_order_in_which_they_were_asked_for():
    turns, order, threads = Turns(), [], []

    def ask(number):
        with turns:
            order.append(number)

    with turns:
        for number in range(8):
            threads.append(threading.Thread(target=ask, args=(number,)))
            threads[-1].start()
            assert wait_until(lambda n=number: len(turns._waiting) == n + 2)
        assert order == []
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_an_error_gives_the_turn_back():
    turns = Turns()
    for _ in range(2):
        try:
            with turns:
                raise ValueError
        except ValueError:
            time.sleep(0)
    with turns:
        pass
