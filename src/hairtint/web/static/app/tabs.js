/** The tabs, as the ARIA practices describe them: arrows move, only the chosen one is in the tab order. */

/**
 * @param {HTMLElement} list role=tablist
 * @param {(panel: string) => void} onchange
 * @param {string} [first] the panel to begin with, where there is one of this name
 */
export function startTabs(list, onchange, first) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const each of tabs) {
      const on = each === tab;
      each.setAttribute("aria-selected", String(on));
      each.tabIndex = on ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !on;
    }
    onchange(tab.getAttribute("aria-controls"));
  };
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    next.focus();
    choose(next);
  });
  const begin = tabs.find((tab) => tab.getAttribute("aria-controls") === first);
  if (begin) choose(begin);
}
