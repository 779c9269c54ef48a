/* Runs before the first paint: the colours of the device, unless the visitor has chosen. Theme button: main.js.
   It is no module, so it also runs where none does, and says so. */
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is blocked: the device decides
    }
  };
  const apply = () => {
    root.dataset.theme = chosen() ?? (dark.matches ? "dark" : "light");
  };
  const colourOfTheBrowser = () => {
    document.querySelector("meta[name=theme-color]").content = getComputedStyle(root).getPropertyValue("--paper").trim();
  };
  new MutationObserver(colourOfTheBrowser).observe(root, { attributeFilter: ["data-theme"] });
  dark.addEventListener("change", apply);
  apply();

  // a script that did not arrive, or an error in one, before main.js was through
  const failed = ({ target }) => {
    if (document.body.dataset.tab || (target !== window && target.tagName !== "SCRIPT")) return;
    const here = location.protocol === "file:";
    const show = (id, change) => Object.assign(document.getElementById(id), change);
    show("notice-title", { textContent: "The page did not load completely" });
    show("notice-text", { textContent: here ? "Put this folder on a web host: see HOSTING.txt." : "Reload it." });
    show("notice-close", { hidden: true }); // it needs what has failed
    show("notice", { hidden: false });
  };
  addEventListener("error", failed, true); // of elements it does not bubble
}
