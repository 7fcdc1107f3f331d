// Shows, while the voter types, which rules the password satisfies; the server checks all of them again.
const KINDS = { lowercase: /\p{Ll}/u, uppercase: /\p{Lu}/u, digit: /\p{Nd}/u, special: /[\p{P}\p{S}]/u };
const form = document.querySelector("[data-new-password]");
const [password, again] = form.querySelectorAll("input[type=password]");
const status = form.querySelector("[data-password-status]");
const box = form.querySelector("[data-password-show]");

function satisfies(rule, text) {
  if (rule !== "length") return KINDS[rule].test(text);
  const length = [...text].length;
  return length >= Number(form.dataset.minLength) && length <= Number(form.dataset.maxLength);
}

function check() {
  const text = password.value.normalize("NFC");
  const rules = [...form.querySelectorAll("[data-rule]")];
  let satisfied = 0;
  for (const rule of rules) {
    const isSatisfied = satisfies(rule.dataset.rule, text);
    satisfied += isSatisfied ? 1 : 0;
    rule.querySelector("[data-rule-state]").textContent = isSatisfied ? "\u00a0: oui" : "";
  }
  const same = again.value && again.value === password.value ? " Les deux mots de passe sont les mêmes." : "";
  const respected = satisfied > 1 ? "règles respectées" : "règle respectée";
  const summary = `${satisfied} ${respected} sur ${rules.length}.${same}`;
  if (status.textContent !== summary) status.textContent = summary;
}

form.addEventListener("input", check);
box.closest("[hidden]").hidden = false;
box.addEventListener("change", () => {
  password.type = again.type = box.checked ? "text" : "password";
});
// A password that is shown is sent as a password, or browsers would offer to remember it as text.
form.addEventListener("submit", () => {
  password.type = again.type = "password";
});
