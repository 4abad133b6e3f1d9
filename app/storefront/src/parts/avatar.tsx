import { useId } from "preact/hooks";
import { drawFor, hashText } from "../poster/seed.ts";

type Pair = readonly [light: string, deep: string];

const pairs: readonly [Pair, ...Pair[]] = [
    ["#ffb454", "#e5583e"],
    ["#7bdff2", "#3a6ea5"],
    ["#c9a7eb", "#6b4fa0"],
    ["#95d5b2", "#2d6a4f"],
    ["#ffc8dd", "#c9506f"],
    ["#f9dc5c", "#b86f1f"],
];

/** Renders a viewer's avatar, which shows two colours and a hill. The same ID always gives the same avatar. */
export function Avatar({ viewer }: { viewer: string }) {
    const name = useId();
    const draw = drawFor(viewer);
    const [light, deep] = pairs[(hashText(viewer) >>> 2) % pairs.length] ?? pairs[0];
    const [sun, hill] = [draw.between(11, 29), draw.between(20, 27)];
    return (
        <svg class="avatar" viewBox="0 0 40 40" aria-hidden="true">
            <clipPath id={name}>
                <circle cx="20" cy="20" r="20" />
            </clipPath>
            <g clip-path={`url(#${name})`}>
                <rect width="40" height="40" fill={deep} />
                <circle cx={sun} cy="16" r="8" fill={light} />
                <path
                    d={`M0 ${hill + 3}Q10 ${hill - 5} 20 ${hill}T40 ${hill - 2}V40H0z`}
                    fill="#000"
                    fill-opacity=".38"
                />
            </g>
        </svg>
    );
}
