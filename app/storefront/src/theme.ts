import { ofThisReader } from "./storage.ts";

export type Theme = "dark" | "light";

const key = "theme";

/** Returns the colour theme that the viewer chose, or else the theme of the operating system. */
export function currentTheme(): Theme {
    const chosen = ofThisReader.get(key);
    if (chosen === "dark" || chosen === "light") return chosen;
    return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** Shows a theme. Stores it if the viewer chose it. */
export function showTheme(theme: Theme, chosen: boolean): void {
    document.documentElement.dataset.theme = theme;
    if (chosen) ofThisReader.set(key, theme);
}
