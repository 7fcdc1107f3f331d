// Renews the part of a page that changes; without this script the page has its « Actualiser » link.
const view = document.querySelector("[data-refresh]");
const announce = document.querySelector("[data-refresh-announce]");
const link = document.querySelector("[data-refresh-link]");
const PAUSE = 2000; // milliseconds

function isOver() {
  return view.querySelector("[data-final]") !== null;
}

function said() {
  return view.querySelector("[data-announce]")?.dataset.announce ?? "";
}

async function renew() {
  if (document.hidden) {
    return;
  }
  const answer = await fetch(view.dataset.refresh, { redirect: "error" });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  const before = said();
  const fragment = await answer.text();
  if (fragment !== view.innerHTML) {
    view.innerHTML = fragment;
  }
  if (said() !== before && announce) {
    announce.textContent = said();
  }
  if (isOver()) {
    // Its buttons belong to what is under way.
    location.reload();
  }
}

async function follow() {
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    try {
      await renew();
      if (link) {
        link.hidden = true;
      }
    } catch {
      if (link) {
        link.hidden = false;
      }
    }
  }
}

if (view && !isOver()) {
  follow();
}
