import { mixed } from "./palettes.ts";
import type { Motif } from "./places.ts";
import { circle, height, hills, path, polygon, rect, steps, width } from "./shapes.ts";

/** Draws a person from behind, with the feet at x, y. */
export function person(x: number, y: number, tall: number, fill: string, hat = false): string {
    const [head, shoulder] = [tall * 0.085, tall * 0.15];
    const top = y - tall;
    const at = (value: number) => Math.round(value * 10) / 10;
    const coat = `M${at(x - shoulder)} ${at(top + tall * 0.27)}Q${at(x)} ${at(top + tall * 0.13)} ${at(x + shoulder)} ${at(top + tall * 0.27)}L${at(x + shoulder * 1.05)} ${at(top + tall * 0.66)}H${at(x + shoulder * 0.72)}L${at(x + shoulder * 0.55)} ${at(y)}H${at(x + shoulder * 0.12)}V${at(top + tall * 0.7)}H${at(x - shoulder * 0.12)}V${at(y)}H${at(x - shoulder * 0.55)}L${at(x - shoulder * 0.72)} ${at(top + tall * 0.66)}H${at(x - shoulder * 1.05)}z`;
    const brim = hat
        ? path(
              `M${at(x - head * 2)} ${at(top + tall * 0.075)}Q${at(x)} ${at(top + tall * 0.035)} ${at(x + head * 2)} ${at(top + tall * 0.075)}L${at(x + head * 2)} ${at(top + tall * 0.095)}Q${at(x)} ${at(top + tall * 0.07)} ${at(x - head * 2)} ${at(top + tall * 0.095)}z`,
              fill,
          ) + rect(x - head * 1.1, top - tall * 0.02, head * 2.2, tall * 0.09, fill, 1, head * 0.5)
        : "";
    return circle(x, top + tall * 0.1, head, fill) + brim + path(coat, fill);
}

/** Draws light through blinds, and a person in the light. */
export const blinds: Motif = (draw, { far, near, light }) => {
    const lean = draw.of([-60, -40, 46]);
    const slats = steps(9, 28, 196)
        .map((y) => polygon(light, 0.55, [0, y], [width, y + lean * 0.5], [width, y + lean * 0.5 + 9], [0, y + 9]))
        .join("");
    return (
        rect(0, 0, width, height, far, 0.25) +
        slats +
        person(draw.between(70, 130), 292, draw.between(205, 235), near, true)
    );
};

/** Draws a door with light, and a person in it. */
export const doorway: Motif = (draw, { far, near, light }) => {
    const [x, foot, tall] = [draw.between(80, 120), draw.between(178, 196), draw.between(96, 118)];
    const half = tall * 0.24;
    const spread = draw.between(30, 60);
    return (
        rect(0, 0, width, height, near, 0.45) +
        rect(0, foot, width, height - foot, mixed(far, near, 0.72)) +
        polygon(
            light,
            0.8,
            [x - half, foot],
            [x + half, foot],
            [x + half + spread, height],
            [x - half - spread * 1.2, height],
        ) +
        rect(x - half - 5, foot - tall - 5, half * 2 + 10, tall + 5, mixed(far, near, 0.35)) +
        rect(x - half, foot - tall, half * 2, tall, light) +
        polygon(near, 0.55, [x - 5, foot], [x + 5, foot], [x + 20, height], [x - 22, height]) +
        person(x, foot, tall * 0.72, near, draw.chance(0.5))
    );
};

/** Draws nested circles, and a person who falls into them. */
export const vortex: Motif = (draw, { far, near, light }) => {
    const [x, y] = [draw.between(75, 125), draw.between(100, 135)];
    const drift = draw.between(-1.6, 1.6);
    const circles = steps(11, 178, 8)
        .map((radius, at) =>
            circle(
                x + drift * (10 - at) * 2,
                y + (10 - at) * 1.4,
                radius,
                at % 2 ? mixed(near, far, 0.12) : mixed(far, near, at * 0.05),
            ),
        )
        .join("");
    const fall = draw.of([-32, 24, 38]);
    return `${circles}<g transform="rotate(${fall} ${Math.round(x)} ${Math.round(y)})">${person(x, y + 26, 56, light)}</g>`;
};

/** Draws a small person under a large object. */
export const alone: Motif = (draw, { far, near, light }) => {
    const [x, radius] = [draw.between(80, 120), draw.between(52, 74)];
    const level = draw.between(196, 210);
    const stand = x + draw.between(-34, 34);
    return (
        circle(x, level - radius * draw.between(0.7, 1.15), radius, light) +
        hills(mixed(far, near, 0.3), [0, level - 12], [70, level], [140, level - 6], [200, level - 18]) +
        hills(near, [0, level + 12], [60, level], [140, level + 3], [200, level + 10]) +
        person(stand, level + 5, draw.between(38, 52), near, draw.chance(0.3)) +
        polygon(
            "#000000",
            0.22,
            [stand - 5, level + 5],
            [stand + 5, level + 5],
            [stand + draw.between(10, 30), height],
            [stand - 14, height],
        )
    );
};

/** Draws an explosion: splinters that fly from one point in all directions. */
export const burst: Motif = (draw, { far, near, light }) => {
    const [x, y] = [draw.between(60, 140), draw.between(90, 150)];
    const turn = draw.between(0, 1);
    const splinters = Array.from({ length: 15 }, (_, at) => {
        const [angle, open] = [((at + turn) / 15) * Math.PI * 2 + draw.between(-0.09, 0.09), draw.between(0.05, 0.15)];
        const reach = draw.between(190, 320);
        const tip = (offset: number) =>
            [x + Math.cos(angle + offset) * reach, y + Math.sin(angle + offset) * reach] as const;
        const [fill, opacity] = at % 3 === 0 ? [light, 0.9] : [at % 3 === 1 ? far : near, 0.75];
        return polygon(fill, opacity, [x, y], tip(-open), tip(open));
    }).join("");
    return splinters + circle(x, y, 26, near) + circle(x, y, 19, light) + person(x, 288, draw.between(125, 150), near);
};
