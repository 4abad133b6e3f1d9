import { moveFocus } from "./roving.ts";

interface TabsProps<Name extends string> {
    /** The name of the group for screen readers. */
    readonly label: string;
    readonly tabs: readonly (readonly [name: Name, title: string])[];
    readonly chosen: Name;
    onChoose(name: Name): void;
}

/** Returns the ID of a tab. `panelId` returns the ID of the tab's panel. */
export const tabId = (name: string) => `${name}-tab`;
export const panelId = (name: string) => `${name}-panel`;

/**
 * Renders tabs as the ARIA Authoring Practices describe. The Tab key stops once in the group, and focusing a tab
 * chooses it.
 */
export const Tabs = <Name extends string>({ label, tabs, chosen, onChoose }: TabsProps<Name>) => (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={moveFocus}>
        {tabs.map(([name, title]) => (
            <button
                key={name}
                type="button"
                role="tab"
                id={tabId(name)}
                aria-controls={panelId(name)}
                aria-selected={name === chosen}
                tabIndex={name === chosen ? 0 : -1}
                onClick={() => onChoose(name)}
                onFocus={() => onChoose(name)}
            >
                {title}
            </button>
        ))}
    </div>
);
