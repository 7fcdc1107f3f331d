"""How long the console's pages take with ten thousand failed sends, and with a mailing, among many recoveries."""

from collections import defaultdict
from time import perf_counter

import httpx2

from benchmarks.base.bench import Bench
from benchmarks.base.tables import Table
from benchmarks.base.timings import PERCENTILES, percentile, percentiles
from demo.client import demo_internals
from demo.client.browsers import browser
from demo.client.operators import ADMINISTRATION, sign_in
from demo.client.running import Demo

_PROMPT = 0.3  # seconds, p95
_MAILING = "mesure"
# The rows are written as the product leaves them, by the database's owner: no recovery or mailing runs.
_RECOVERIES = """
WITH numbered AS (
    SELECT n, n <= %s AS is_held, upper(md5('reference ' || n)) AS letters, md5('link ' || n) AS link,
        (ARRAY['sms:smpp-0x0000000B', 'sms:smpp-0x00000058', 'email:smtp-550', 'email:smtp-452'])[n %% 4 + 1] AS fault
    FROM generate_series(1, %s) AS n
), recoveries AS (
    SELECT *, now() - n * interval '0.1 second' AS instant, split_part(fault, ':', 1) AS channel, 'code-de-vote/'
        || left(md5('subject ' || n), 20) || '/' || left(letters, 4) || '-' || substr(letters, 5, 4) || '-'
        || substr(letters, 9, 4) AS workflow_id
    FROM numbered
), sent AS (
    INSERT INTO messages (id, workflow_id, delivery_id, channel, gateway, country_or_domain, started_at, accepted_at,
        ended_at, outcome)
    SELECT link || '-1', workflow_id, link, channel, CASE channel WHEN 'sms' THEN 'sms' ELSE 'email' END,
        CASE channel WHEN 'sms' THEN 'FR' ELSE 'exemple' || n %% 40 || '.fr' END, instant,
        CASE WHEN NOT is_held THEN instant END,
        CASE WHEN NOT is_held OR fault IN ('sms:smpp-0x0000000B', 'email:smtp-550') THEN instant END,
        CASE WHEN is_held THEN split_part(fault, ':', 2) ELSE 'delivered' END
    FROM recoveries
)
INSERT INTO progress (workflow_id, link_id, send_number, stage, since, channel, hint, begun_at, accepted_at, dies_at,
    fault, sends_left, changed_at)
SELECT workflow_id, link, 1, CASE WHEN is_held THEN 'Held' ELSE 'Reissued' END, instant, channel, '', instant,
    CASE WHEN NOT is_held THEN instant END, instant + interval '2 days', CASE WHEN is_held THEN fault ELSE '' END, 3, instant
FROM recoveries"""
_ELECTORS = """
INSERT INTO electors (id, work_email, birth_name, used_name, first_names, sex, numen_hash, nir_hash, birth_date_hash,
    birth_department_hash, birth_place_hash, mac)
SELECT md5('elector ' || n), 'mesure' || n || '@exemple.fr', 'Mesure', 'Mesure', 'M', '2', md5('numen ' || n),
    md5('nir ' || n), md5('date ' || n), md5('department ' || n), md5('place ' || n), ''
FROM generate_series(1, %s) AS n"""
_MAILS = """
INSERT INTO outbox (elector_id, mailing, state, cause, changed_at, domain, opened_at)
SELECT md5('elector ' || n), %s, CASE WHEN n %% 50 = 0 THEN 'failed' ELSE 'accepted' END,
    CASE WHEN n %% 50 = 0 THEN 'smtp-550' ELSE '' END, now() - n * interval '0.1 second', 'exemple' || n %% 40 || '.fr',
    CASE WHEN n %% 3 = 0 THEN now() - n * interval '0.05 second' END
FROM generate_series(1, %s) AS n"""
_SAMPLES = "SELECT workflow_id FROM progress WHERE stage = 'Held' ORDER BY since LIMIT 1"


async def measure(bench: Bench) -> list[Table]:
    """Measure each page as an operator who opens one after the other."""
    held, total = bench.size(20, 10_000), bench.size(100, 300_000)
    views = bench.size(2, 60)
    async with bench.testbed() as testbed:
        bench.progress(f"{held} failed sends among {total} recoveries, and a mailing of {total}")
        addresses = _write_rows(testbed.demo, held, total)
        async with browser(testbed.demo.url) as operator:
            await sign_in(operator, ADMINISTRATION)
            timings = await _visits(operator, addresses, views)
    slow = [name for name, values in timings.items() if percentile(values, 0.95) > _PROMPT]
    table = Table(
        f"The console with {held:,} failed sends among {total:,} recoveries, and a mailing of {total:,}",
        {"page": "page", "views": "views", **PERCENTILES},
    )
    for name, values in timings.items():
        table.add(name, len(values), *percentiles(values))
    table.notes.append(f"Above {1000 * _PROMPT:.0f} ms (p95): {', '.join(slow) or 'none'}.")
    return [table]


def _write_rows(demo: Demo, held: int, total: int) -> dict[str, str]:
    """Write the recoveries and the mailing, and return the address of each page by its name."""
    demo_internals.execute(demo, _RECOVERIES, held, total)
    demo_internals.execute(demo, _ELECTORS, total)
    demo_internals.execute(demo, _MAILS, _MAILING, total)
    for table in ("progress", "messages", "electors", "outbox"):
        demo_internals.execute(demo, f"ANALYZE {table}")
    [(recovery,)] = demo_internals.fetch_rows(demo, _SAMPLES)
    return {
        "Tableau de bord": "",
        "Échecs": "/echecs",
        "Échecs, JSON": "/echecs.json",
        "Échecs d’une cause": "/echecs/liste?cause=smpp-0x0000000B",
        "Recherche": f"/recherche?reference={recovery.rpartition('/')[2]}",
        "Fiche": f"/reassorts/{recovery}",
        "Envois en nombre": "/envois",
        "Envoi": f"/envois/{_MAILING}",
        "Envoi, par domaine": f"/envois/{_MAILING}/domaines",
        "Passerelles": "/passerelles",
        "Chiffres": "/chiffres",
        "Journal": "/journal",
    }


async def _visits(operator: httpx2.AsyncClient, addresses: dict[str, str], views: int) -> dict[str, list[float]]:
    timings: dict[str, list[float]] = defaultdict(list)
    for _ in range(views):
        for name, address in addresses.items():
            begun = perf_counter()
            answer = await operator.get(f"/exploitation{address}")
            timings[name].append(perf_counter() - begun)
            assert answer.status_code in {httpx2.codes.OK, httpx2.codes.SEE_OTHER}, (name, answer.status_code)
    return timings
