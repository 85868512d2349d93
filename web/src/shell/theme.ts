/** Light or dark: the reader's choice, else their system's. The class is PatternFly's; its styles set `color-scheme` by it. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "latchkey.theme";
const DARK = "(prefers-color-scheme: dark)";

export function chosenTheme(): Theme {
  const kept = readKept();
  return THEMES.find((theme) => theme === kept) ?? "system";
}

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden: the choice holds until the page is left.
  }
  show(theme);
}

/** To be called before anything is drawn. Follows the system, and choices made in other tabs. */
export function startTheme(): void {
  show(chosenTheme());
  matchMedia(DARK).addEventListener("change", () => show(chosenTheme()));
  addEventListener("storage", ({ key }) => { if (key === KEY) show(chosenTheme()); });
}

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia(DARK).matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
  document.documentElement.classList.add("latchkey-themed");
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
