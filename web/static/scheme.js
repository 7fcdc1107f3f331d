// Follows the device's light or dark setting; without this script the State's design stays light.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const applyScheme = (scheme) => {
    root.dataset.frTheme = scheme;
  };
  const follow = () => applyScheme(dark.matches ? "dark" : "light");

  dark.addEventListener("change", follow);
  addEventListener("beforeprint", () => applyScheme("light"));
  addEventListener("afterprint", follow);
  follow();
})();
