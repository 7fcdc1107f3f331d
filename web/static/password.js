// A box that shows the password; without this script it stays hidden.
const input = document.querySelector("input[type=password]");
const box = document.querySelector("[data-password-show]");

if (input && box) {
  box.closest("[hidden]").hidden = false;
  box.addEventListener("change", () => {
    input.type = box.checked ? "text" : "password";
  });
  // A password that is shown is sent as a password, or browsers would offer to remember it as text.
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
}
