// Renews the parts of a page that have changed; without this script the page has its « Actualiser » link.
const view = document.querySelector("[data-refresh]");
const announce = document.querySelector("[data-refresh-announce]");
const link = document.querySelector("[data-refresh-link]");
const PAUSE = 2000; // milliseconds
const REST = 3; // what takes the server long is asked for less often: after so many times as long

function isOver() {
  return view.querySelector("[data-final]") !== null;
}

function said() {
  return view.querySelector("[data-announce]")?.dataset.announce ?? "";
}

// Puts a new part in the place of an old one, and keeps what somebody does there: the focus, what is typed, what is open.
function replace(old, renewed) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const typed = [...old.querySelectorAll("input[id]")].filter(
    (field) => field.value !== field.defaultValue || "refused" in field.dataset,
  );
  const open = [...old.querySelectorAll("details[id][open]")];
  old.replaceWith(renewed);
  for (const { id, value } of typed) {
    const field = document.getElementById(id);
    if (field) {
      field.value = value;
    }
  }
  for (const { id } of open) {
    document.getElementById(id)?.setAttribute("open", "");
  }
  if (focused) {
    document.getElementById(focused)?.focus();
  }
}

function show(fragment) {
  const renewed = document.createElement("template");
  renewed.innerHTML = fragment;
  // What has not changed stays: somebody may be about to press one of its buttons.
  for (const part of [...renewed.content.children]) {
    const old = document.getElementById(part.id);
    if (!old.isEqualNode(part)) {
      replace(old, part);
    }
  }
}

async function renew() {
  const answer = await fetch(view.dataset.refresh, { redirect: "error" });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  const before = said();
  show(await answer.text());
  if (said() !== before) {
    announce.textContent = said();
  }
}

async function follow() {
  let took = 0;
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(PAUSE, REST * took)));
    if (document.hidden) {
      continue;
    }
    const begun = performance.now();
    try {
      await renew();
      link.hidden = true;
    } catch {
      link.hidden = false;
    }
    took = performance.now() - begun;
  }
  link.hidden = true;
}

if (view) {
  follow();
}
