"""`/metrics` answers in Prometheus' format."""

from prometheus_client.parser import text_string_to_metric_families

from tests.support.web_app import WebApp


async def test_prometheus_reads_the_metrics(web_app: WebApp) -> None:
    """Those of this process and those of all recoveries; none of them holds what somebody typed."""
    async with web_app.browser() as browser:
        await browser.post("/connexion", data={"identifier": "camille@ac-lyon.fr"})
        answer = await browser.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["reassort_database_up",] == 1
    assert ("reassort_recoveries", "Held") in samples
    assert samples["reassort_requests_total", "POST", "/connexion", "403"] >= 1
    assert "camille" not in answer.text
