import { calmMotion } from "../hooks.ts";

/**
 * Scrolls a changed row into view, only as far as it is out of view. The focus stays if it is in the row or above it. Else
 * it moves to the row's heading, because its place may leave the view.
 */
export function bringIntoView(row: HTMLElement | null, heading: HTMLElement | null): void {
    row?.scrollIntoView({ block: "nearest", behavior: calmMotion() ? "instant" : "smooth" });
    if (document.activeElement?.closest(`.hero, #${row?.id}`) == null) heading?.focus({ preventScroll: true });
}
