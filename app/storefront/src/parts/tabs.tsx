import type { TargetedKeyboardEvent } from "preact";

const leaps: Readonly<Record<string, (place: number, last: number) => number>> = {
    ArrowLeft: (place) => place - 1,
    ArrowRight: (place) => place + 1,
    Home: () => 0,
    End: (_, last) => last,
};

/**
 * Moves the focus within a group of buttons with the arrow keys, Home and End. The Tab key stops only once in the
 * group.
 */
export function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
    const leap = leaps[event.key];
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    const place = buttons.indexOf(document.activeElement as HTMLElement);
    if (leap === undefined || place === -1) return;
    event.preventDefault();
    const last = buttons.length - 1;
    buttons[Math.min(last, Math.max(0, leap(place, last)))]?.focus();
}

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
                class="soft strong"
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
