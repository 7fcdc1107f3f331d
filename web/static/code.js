// The display window of a secret: counts the time left that the server gave, then removes the secret from the page.
const view = document.querySelector("[data-code-view]");

if (view) {
  const code = view.querySelector("[data-secret]");
  const texts = view.querySelector("[data-visible]").dataset;
  const timer = view.querySelector("[data-timer]");
  const bar = view.querySelector("progress");
  const announce = view.querySelector("[data-announce]");
  const over = document.querySelector("[data-code-over]");
  const copy = view.querySelector("[data-copy]");
  const print = view.querySelector("[data-print]");
  const remaining = Number(view.dataset.remaining);
  const monotonicStart = performance.now();
  const wallClockStart = Date.now();
  let announced = remaining;

  const inSeconds = (count) => (count > 1 ? texts.seconds : texts.second).replace("{count}", count);
  const inWords = (seconds) => {
    if (seconds <= Number(texts.countedUpTo)) {
      return inSeconds(seconds);
    }
    const minutes = texts.minutes.replace("{count}", Math.floor(seconds / 60));
    const rest = seconds % 60;
    return rest ? texts.minutesAndSeconds.replace("{minutes}", minutes).replace("{seconds}", inSeconds(rest)) : minutes;
  };

  const blank = () => {
    code.replaceChildren();
    view.querySelector("[data-code-secret]")?.remove();
    view.querySelector("[name=noted]").value = "";
  };

  const end = () => {
    clearInterval(ticking);
    blank();
    view.hidden = true;
    over.hidden = false;
    over.focus();
  };

  const tick = () => {
    // The first clock ignores changes of the system time; the second goes on while the machine sleeps.
    const elapsed = Math.max(performance.now() - monotonicStart, Date.now() - wallClockStart) / 1000;
    const seconds = Math.ceil(remaining - elapsed);
    if (seconds <= 0) {
      end();
      return;
    }
    timer.textContent = inWords(seconds);
    bar.value = seconds;
    const mark = [10, 30, 60].find((each) => seconds <= each && each < announced);
    if (mark) {
      announced = mark;
      announce.textContent = texts.visible.replace("{count}", mark);
    }
  };

  const ticking = setInterval(tick, 250);
  tick();

  view.querySelector("[data-tools]").hidden = false;
  copy.hidden = !navigator.clipboard;
  if (navigator.clipboard) {
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      announce.textContent = `${texts.copied}.`;
      copy.textContent = texts.copied;
    });
  }
  print.addEventListener("click", () => window.print());

  // Reloading this page, or coming back to it, requests the link and does not send the form again.
  history.replaceState(null, "", location.href);

  addEventListener("pagehide", blank);
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      location.reload();
    }
  });
}
