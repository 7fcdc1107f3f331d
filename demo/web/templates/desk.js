// The desk is loaded again when a phone or a mailbox has received something; its place is kept.
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
