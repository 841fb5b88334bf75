"""Numbers that people see: gapless in each series and year (`TIL-2026-00042`)."""

import re

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base, Session


class NumberSeries(Base):
    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def is_of_series(number: str, series: str) -> bool:
    """Whether a number is of a series, given already or some day; small letters are read as the same."""
    return re.fullmatch(rf"{series}-\d+-\d+", number, re.ASCII | re.IGNORECASE) is not None


async def take(session: Session, series: str, year: int, *, digits: int = 5) -> str:
    """The next number of a series; the row stays locked until commit, so take it right before it is stored."""
    first = insert(NumberSeries).values(series=series, year=year, last=1)
    statement = first.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
    last = (await session.execute(statement)).scalar_one()
    return f"{series}-{year}-{last:0{digits}d}"
