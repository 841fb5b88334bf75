"""A late dataclass is an ordinary one once it has an object, whoever makes the first and however many at once."""

import dataclasses
import threading
from typing import Generic, TypeVar

import pytest

from backend.kit.late import dataclass

T = TypeVar("T")


@pytest.fixture
def point():
    @dataclass(frozen=True, order=True)
    class Point:
        x: int
        y: int = 0
        tags: tuple[str, ...] = dataclasses.field(default=(), kw_only=True)
        marks: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)

        def __post_init__(self):
            assert self.x >= 0

    return Point


def test_nothing_is_made_before_there_is_an_object(point):
    assert not dataclasses.is_dataclass(point)
    point(1)
    assert dataclasses.is_dataclass(point)


def test_it_is_made_told_compared_and_kept_as_any_dataclass(point):
    one = point(1, tags=("a",))
    assert repr(one).endswith("Point(x=1, y=0, tags=('a',))")
    assert one == point(1, 0, ["unheard"], tags=("a",)) != point(2)
    assert one < point(1, 1)
    assert hash(one) == hash(point(1, tags=("a",)))
    assert one.marks == []
    assert one.marks is not point(1).marks
    assert dataclasses.replace(one, y=5).y == 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.x = 2
    with pytest.raises(TypeError):
        point()
    with pytest.raises(AssertionError):
        point(-1)


def test_an_object_of_a_class_below_makes_those_above_first():
    @dataclass(kw_only=True)
    class Above:
        name: str

    @dataclass
    class Below(Above, Generic[T]):
        size: T

    class Bare(Below[int]):
        pass

    assert Bare(3, name="c") == Bare(3, name="c")
    assert Below[int](3, name="c").name == "c"
    assert Above(name="a").name == "a"


def test_a_class_below_that_is_ordinary_has_the_fields_of_those_above():
    @dataclass(frozen=True)
    class Above:
        name: str = "a"

    @dataclass(frozen=True, slots=True)
    class Below(Above):
        size: int = 0

    assert Below("b", 2) == Below(name="b", size=2)


def test_the_first_objects_may_be_made_at_once():
    @dataclass
    class Shared:
        numbers: list[int] = dataclasses.field(default_factory=list)
        name: str = "s"

    made, gate = [], threading.Barrier(8)

    def make():
        gate.wait()
        made.append(Shared([1]))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [Shared([1])] * 8
