// Sends a form once, and moves the focus to the errors of a refused form.
const LONGEST_WAIT = 15_000;

document.querySelector("#erreurs")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) {
    return; // a script has answered
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  hold(form);
  setTimeout(() => release(form), LONGEST_WAIT);
});

// The back button may restore the page as it was left.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

function hold(form) {
  form.dataset.sent = "true";
  // Not `disabled`: a disabled button would lose the focus, and its name would not be sent.
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
}

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
}
