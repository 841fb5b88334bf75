"""Templates write values for people and never trust them."""

import pytest
from jinja2 import meta, nodes

from backend.kit.actor import Language
from backend.kit.amounts import Minutes
from backend.kit.translation import Text
from web.rendering import ROOT, environment


def _write(source: str, language: Language = Language.FI, **context: object) -> str:
    return environment(language).from_string(source).render(context)


@pytest.mark.parametrize(
    ("source", "value", "written"),
    [
        ("{{ v|money }}", {"amount": "1234.50", "currency": "EUR"}, "1\u00a0234,50\u00a0€"),
        ("{{ v|money }}", "93", "93,00\u00a0€"),
        ("{{ v|hours }}", 2250, "37,5\u00a0h"),
        ("{{ v|number }}", "1234.5", "1\u00a0234,5"),
        ("{{ v|percent }}", 0.267, "27\u00a0%"),
        ("{{ v|date }}", "2026-11-24", "24.11.2026"),
        ("{{ v|date }}", "2026-11-24T22:30:00+00:00", "25.11.2026"),
        ("{{ v|datetime }}", "2026-11-24T14:15:00Z", "24.11.2026 klo\u00a016.15"),
        ("{{ v|time }}", "2026-11-24T14:15:00Z", "16.15"),
        ("{{ v|key }}", "Order:123", "123"),
        ("{{ v|money }}", None, "–"),
        ("{{ v }}", None, ""),
        ("{{ v }}", "<b>", "&lt;b&gt;"),
        ("{{ v }}", Text("yes"), "kyllä"),
        ("{{ 'a ' ~ v|text }}", Text("yes"), "a kyllä"),
        (
            "{{ v }}",
            Text("Hours of %(name)s take %(m)s", name="<i>", m=Minutes(60)),
            "Hours of &lt;i&gt; take 1\u00a0h",
        ),
    ],
)
def test_values_of_the_schema_are_written_for_people(source: str, value: object, written: str) -> None:
    assert _write(source, v=value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2026-11-24", "24.11.2026"),
        ("2026-11-24T21:59:59.999999+00:00", "24.11.2026"),
        ("2026-11-24T05:24:00+00:00", "24.11.2026 klo\u00a07.24"),
        (None, "–"),
    ],
)
def test_a_due_time_is_said_where_it_is_not_the_end_of_its_day(value: str | None, written: str) -> None:
    assert f">{written}<" in f">{_write('{{ due(v) }}', v=value)}<"


def test_a_name_that_is_not_there_is_a_mistake_of_ours() -> None:
    with pytest.raises(Exception, match="undefined"):
        _write("{{ nothing }}")


def test_what_people_wrote_is_never_markup_in_any_macro() -> None:
    evil = '"><script>x</script>'
    written = _write(
        """{{ tag(v) }}{{ page_head(v, v) }}{{ breadcrumbs([(v, "/")], v) }}{{ tiles([(v, v, None, v)]) }}
        {{ facts([(v, v)]) }}{{ timeline([("2026-11-24T14:15:00Z", v, v, [file])]) }}{{ attachments([file]) }}
        {{ row_link(v, "/", v) }}{{ td(v, v) }}
        {{ empty(v, v, "/", v) }}{{ button(v, name=v, value=v) }}{{ steps([v], 0) }}{{ meter(0.5, v) }}
        {% call table(v) %}{{ v }}{% endcall %}{% call alert(v) %}{{ v }}{% endcall %}
        {% call card(v, "c", v) %}{{ v }}{% endcall %}{% call dialog("d", v) %}{{ v }}{% endcall %}""",
        v=evil,
        file={
            "name": evil,
            "url": "/",
            "previewUrl": "/",
            "mediaType": "image/png",
            "size": 1,
            "isShownInBrowsers": True,
        },
    )
    assert "<script" not in written
    assert written.count("&gt;&lt;script&gt;") > 20


def test_pages_are_complete_in_each_language() -> None:
    said = [_write('{{ _("Sign out") }}', language) for language in Language]
    assert said == ["Kirjaudu ulos", "Logga ut", "Sign out"]


def names_set(node: nodes.Node, without: nodes.Block) -> set[str]:
    """The names that a template sets or imports anywhere but in one of its blocks."""
    found = set()
    for child in node.iter_child_nodes():
        if child is without:
            continue
        if isinstance(child, nodes.Assign | nodes.AssignBlock):
            target = child.target
            found |= {target.name} if isinstance(target, nodes.Name) else {n.name for n in target.find_all(nodes.Name)}
        elif isinstance(child, nodes.FromImport):
            found |= {name if isinstance(name, str) else name[1] for name in child.names}
        elif isinstance(child, nodes.Macro):
            found.add(child.name)
        found |= names_set(child, without)
    return found


def test_a_block_that_is_drawn_alone_needs_nothing_that_is_set_around_it() -> None:
    env, lost = environment(Language.EN), {}
    for path in sorted(ROOT.rglob("*.html")):
        tree = env.parse(path.read_text(encoding="utf-8"))
        for block in tree.find_all(nodes.Block):
            if block.name not in ("title", "main", "scripts"):
                alone = nodes.Template(block.body, lineno=block.lineno)
                alone.set_environment(env)
                needs = meta.find_undeclared_variables(alone) & names_set(tree, block)
                lost |= {f"{path.relative_to(ROOT)} {block.name}": needs} if needs else {}
    assert not lost


@pytest.mark.parametrize("source", ["{{ 'INCIDENT'|label('TicketKind') }}", "{{ '2026-11-24T14:15:00Z'|datetime }}"])
def test_what_a_template_compiles_to_has_no_word_of_a_language(source: str) -> None:
    """It is compiled once for all of them, and a constant that is written for people may not be worked out then."""
    assert len({environment(language).compile(source, raw=True) for language in Language}) == 1
