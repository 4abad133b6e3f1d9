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
