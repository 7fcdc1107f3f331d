// A new CAPTCHA without leaving the page; without this script the button sends the form to get one.
const group = document.querySelector("[data-captcha]");

if (group) {
  const form = group.closest("form");
  const button = group.querySelector("button[value=captcha]");
  const status = group.querySelector("[data-captcha-status]");
  const hidden = form.elements.captcha_id;
  const typed = form.elements.captcha;

  // For everybody: who does not hear the status sees nothing else.
  const tell = (fault) => {
    status.textContent = fault;
    status.classList.remove("fr-sr-only");
  };

  for (const media of group.querySelectorAll("img, audio")) {
    media.addEventListener("error", () => tell(status.dataset.unreadable));
  }

  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    const headers = { Accept: "application/json" };
    const answer = await fetch("/captcha", { method: "POST", headers, body }).catch(() => null);
    if (answer?.status === 403) {
      form.requestSubmit(button); // the session is another one: the answer to the form says so, and keeps what was typed
      return;
    }
    if (!answer?.ok) {
      tell(status.dataset.failed);
      return;
    }
    const { id } = await answer.json();
    hidden.value = id;
    group.querySelector("img").src = `/captcha/${id}.png`;
    group.querySelector("audio").src = `/captcha/${id}.wav`;
    typed.value = "";
    typed.focus();
    status.classList.add("fr-sr-only");
    status.textContent = status.dataset.ready;
  });
}
