// Remembers light or dark. A classic script, so that the choice stands before the first paint.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; then the system decides
    }
  };
  const now = () => root.dataset.theme || (system.matches ? "dark" : "light");
  if (["light", "dark"].includes(kept())) root.dataset.theme = kept();

  function show() {
    for (const part of document.querySelectorAll("[data-theme-toggle] [data-when]")) part.hidden = part.dataset.when !== now();
  }

  function choose() {
    root.dataset.theme = now() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // holds for this page only
    }
    show();
    root.dispatchEvent(new CustomEvent("themechange"));
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.addEventListener("click", choose);
    }
    show();
    system.addEventListener("change", () => {
      show();
      root.dispatchEvent(new CustomEvent("themechange"));
    });
  });
})();
