// Reloads the dashboard when a new message has arrived; the browser keeps the scroll position.
const { newest } = document.querySelector("[data-newest]").dataset;

setInterval(async () => {
  if (document.hidden) {
    return;
  }
  const answer = await fetch(`/demo/messages.json?since=${newest}`).catch(() => null);
  if (answer?.ok && (await answer.json()).length > 0) {
    location.reload();
  }
}, 2_000);
