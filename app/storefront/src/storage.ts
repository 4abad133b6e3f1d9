/**
 * Two storages of the browser: `ofThisTab` lasts until the tab is closed, and `ofThisReader` until the person at the
 * browser deletes it.
 */
export const ofThisTab = createStorage(() => sessionStorage);
const ofThisReader = createStorage(() => localStorage);

/** Returns a storage of texts by name. If the browser's storage is unavailable or full, values last while the page is open. */
function createStorage(storage: () => Storage) {
    const here = new Map<string, string>();
    const tryStorage = <Result>(work: (of: Storage) => Result): Result | undefined => {
        try {
            return work(storage());
        } catch {
            return undefined;
        }
    };
    return {
        get: (name: string): string | undefined => here.get(name) ?? tryStorage((of) => of.getItem(name)) ?? undefined,
        set(name: string, text: string): void {
            here.set(name, text);
            tryStorage((of) => of.setItem(name, text));
        },
    };
}

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
