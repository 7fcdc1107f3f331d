// Renews the dashboard five seconds after each answer; without this script « Actualiser » does.
const view = document.querySelector("#dashboard");
const state = document.querySelector("#refresh-state");
const PAUSE = 5000; // milliseconds
const WITHIN = 15000; // milliseconds, longer than the console needs in an outage

function show(html) {
  const focused = view.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  view.innerHTML = html;
  if (focused) {
    view.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

async function renew() {
  try {
    const answer = await fetch(view.dataset.url, { redirect: "manual", signal: AbortSignal.timeout(WITHIN) });
    if (answer.type === "opaqueredirect") {
      location.reload(); // the session is over
      return;
    }
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    show(await answer.text());
    state.textContent = "";
  } catch {
    state.textContent = "La console ne répond pas : cette page n’est plus à jour.";
  }
}

async function keepRenewed() {
  if (!document.hidden) {
    await renew();
  }
  setTimeout(keepRenewed, PAUSE);
}

setTimeout(keepRenewed, PAUSE);
