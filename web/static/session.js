// Warns a while before the session ends, and keeps it alive when the button is pressed; another tab may have done so already.
const dialog = document.querySelector("[data-session]");

if (dialog) {
  document.querySelector("[data-session-ends]")?.remove(); // for who has no script
  const warned = Number(dialog.dataset.warned); // seconds
  const part = (name) => dialog.querySelector(`[data-session-${name}]`);
  let end = 0;
  let timer;

  const again = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(look, 1000 * Math.max(1, seconds));
  };

  // What the server answers: the seconds that are left, null without an answer.
  const asked = async (options) => {
    const answer = await fetch(dialog.dataset.session, options).catch(() => null);
    return answer?.ok ? (await answer.json()).left : null;
  };

  const tellLimit = (isReached) => {
    part("stay").hidden = isReached;
    part("longest").hidden = !isReached;
    dialog.setAttribute("aria-describedby", isReached ? "session-texte session-limite" : "session-texte");
  };

  const show = (left) => {
    if (left === null) {
      again(30);
      return;
    }
    end = Date.now() + 1000 * left;
    if (left > warned) {
      dialog.close();
      tellLimit(false);
      again(left - warned);
      return;
    }
    if (!dialog.open) {
      dialog.showModal();
    }
    if (left > 0) {
      count();
      return;
    }
    part("warning").hidden = true;
    part("over").hidden = false;
    dialog.setAttribute("aria-labelledby", "session-terminee");
    dialog.setAttribute("aria-describedby", "session-fin");
    part("sign-in").focus();
  };

  // In the language of the page.
  const inWords = (left) => {
    const { minutes, second, seconds } = dialog.dataset;
    return left > 60 ? minutes.replace("{count}", Math.ceil(left / 60)) : (left > 1 ? seconds : second).replace("{count}", left);
  };

  const look = async () => show(await asked());

  const count = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      again(1);
      return;
    }
    part("time").textContent = inWords(left);
    clearTimeout(timer);
    timer = setTimeout(count, 1000);
  };

  part("stay").addEventListener("click", async () => {
    const csrf = document.querySelector("input[name=csrf]").value;
    const left = await asked({ method: "POST", body: new URLSearchParams({ csrf }) });
    show(left);
    if (left > 0 && left <= warned) {
      tellLimit(true); // as old as a session may be
      part("close").focus();
    }
  });

  part("close").addEventListener("click", () => dialog.close());

  // Timers stand still while a machine sleeps.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() > end - 1000 * warned) {
      look();
    }
  });

  show(Number(dialog.dataset.left));
}
