import { type Break, breaks } from "./break.ts";

const hides = (outer: string, inner: string) => inner === outer || inner.startsWith(`${outer}.`);
const collide = (a: Break, b: Break) =>
    a.places.some((mine) => [...b.places, ...b.needs].some((other) => hides(mine, other)));

/** All pairs of faults neither of which hides the other. */
export function compatiblePairs(): [Break, Break][] {
    return breaks.flatMap((a, index) =>
        breaks.slice(index + 1).flatMap((b): [Break, Break][] => (collide(a, b) || collide(b, a) ? [] : [[a, b]])),
    );
}
