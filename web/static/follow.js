// The state of a recovery as it changes; without this script the page has its « Actualiser » button.
const view = document.querySelector("#suivi");
const announce = document.querySelector("[data-follow-announce]");
const link = document.querySelector("[data-follow-link]");
const refresh = document.querySelector("[data-follow-refresh]");

if (view && !view.querySelector("[data-final]")) {
  const events = new EventSource(view.dataset.events);

  events.addEventListener("open", () => {
    link.textContent = "Cette page se met à jour toute seule.";
    refresh.hidden = true;
  });

  events.addEventListener("error", () => {
    link.textContent = "La page se reconnecte…";
    refresh.hidden = false;
  });

  events.addEventListener("status", (event) => {
    const { announce: said, fragment } = JSON.parse(event.data);
    replace(fragment);
    if (said !== announce.textContent) {
      announce.textContent = said;
    }
    if (view.querySelector("[data-final]")) {
      events.close();
      link.textContent = "";
      refresh.hidden = true;
    }
  });
}

// Who had reached a button of the old state with the keyboard stays on it in the new one.
function replace(fragment) {
  const focused = view.contains(document.activeElement) ? document.activeElement.id : "";
  view.innerHTML = fragment;
  if (focused) {
    (document.getElementById(focused) ?? view.querySelector("h2")).focus();
  }
}
