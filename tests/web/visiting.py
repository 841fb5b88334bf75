"""Who visits pages in tests, and what an example of a page is."""

from dataclasses import dataclass

TIERA = ("ordering_contact", "service_manager", "key_user")
JUDGES = ("service_manager", "ordering_contact", "key_user")
"""Those of Tiera, first the one who approves hours and invoices."""
A, B = ("manager_a", "expert_a"), ("manager_b",)
MANAGERS = ("manager_a", "manager_b")
WORKERS = (*A, *B)
CUSTOMERS = ("mallila_rep", "nordby_rep")
MALLILA = ("mallila_rep",)
VISITORS = (*TIERA, *WORKERS, *CUSTOMERS)
"""People of the demo; the last reads Swedish, all others Finnish."""
SEE_SUMS = (*JUDGES, *MANAGERS)
KEY_USER = ("key_user",)
CONTACT = ("ordering_contact",)
PREPARE = ("ordering_contact", "service_manager")
NAME = ("service_manager", "key_user")
JUDGE_ONLY = ("service_manager",)
INFORM = (*PREPARE, *MANAGERS)


@dataclass(frozen=True)
class Example:
    """`which` finds the parts of the address by their names, `query` stands behind the question mark."""

    route: str
    who: tuple[str, ...]
    which: str = ""
    query: str = ""
    step: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.route, self.step, self.query, self.which)))


def order(title: str) -> str:
    return f"select id from orders where title = '{title}'"


def person(name: str) -> str:
    return f"select id from people where name = '{name}'"


def organisation(name: str) -> str:
    return f"select id from organisations where name = '{name}'"


def ticket(title: str) -> str:
    return f"select id from tickets where title = '{title}'"
