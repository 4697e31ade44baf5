(() => {
  "use strict";
  const root = document.documentElement;
  const make = (text, act, parent) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => act(button));
    parent.append(button);
    return button;
  };
  const isDark = () =>
    root.style.colorScheme
      ? root.style.colorScheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  const header = document.querySelector("header");
  const theme = make("", (button) => {
    root.style.colorScheme = isDark() ? "light" : "dark";
    button.textContent = isDark() ? "Light" : "Dark";
  }, header);
  theme.className = "theme";
  theme.textContent = isDark() ? "Light" : "Dark";
  theme.setAttribute("aria-label", "Change between light and dark");
  for (const code of document.querySelectorAll("figure.cell")) {
    const button = make("Copy", (button) => {
      const text = code.querySelector("pre.code").textContent;
      const done = (word) => {
        button.textContent = word;
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      };
      if (!navigator.clipboard) return done("Not possible here");
      navigator.clipboard.writeText(text).then(() => done("Copied"), () => done("Not possible here"));
    }, code);
    button.className = "copy";
    const caption = code.querySelector("figcaption");
    button.setAttribute("aria-label", "Copy the code" + (caption ? ": " + caption.textContent : ""));
  }
  for (const details of document.querySelectorAll("details")) {
    addEventListener("beforeprint", () => {
      details.dataset.was = details.open ? "open" : "";
      details.open = true;
    });
    addEventListener("afterprint", () => { details.open = details.dataset.was === "open"; });
  }
})();
