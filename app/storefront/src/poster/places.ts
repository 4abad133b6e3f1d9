import { mixed, type Palette } from "./palettes.ts";
import type { Draw } from "./seed.ts";
import { circle, ground, height, hills, line, path, pathThrough, polygon, rect, steps, width } from "./shapes.ts";

/** Draws the motif of a poster over its background. */
export type Motif = (draw: Draw, colours: Palette) => string;

const stars = (draw: Draw, colour: string, count: number, down: number) =>
    Array.from({ length: count }, () =>
        circle(draw.between(0, width), draw.between(0, down), draw.between(0.3, 1.2), colour, draw.between(0.3, 0.95)),
    ).join("");

const glow = (x: number, y: number, radius: number, colour: string) =>
    circle(x, y, radius * 1.9, colour, 0.07) +
    circle(x, y, radius * 1.45, colour, 0.1) +
    circle(x, y, radius * 1.18, colour, 0.14) +
    circle(x, y, radius, colour);

export const ridges: Motif = (draw, { far, near, light }) => {
    const sun = glow(draw.between(45, 155), draw.between(70, 120), draw.between(20, 38), light);
    const layers = draw.whole(4, 5);
    const rough = draw.between(10, 26);
    return (
        sun +
        steps(layers, 0, 1)
            .map((depth) => {
                const level = 120 + depth * 105;
                const outline = steps(9, 0, width).map(
                    (x, at) => [x, level + (at % 2 ? -1 : 1) * draw.between(2, rough) * (1.2 - depth * 0.5)] as const,
                );
                return ground(pathThrough(outline), mixed(far, near, depth));
            })
            .join("")
    );
};

export const mesas: Motif = (draw, { far, near, light }) => {
    const middle = draw.between(60, 140);
    const mesa = (x: number, wide: number, top: number, foot: number, fill: string) =>
        polygon(
            fill,
            1,
            [x - wide * 0.75, foot],
            [x - wide * 0.52, top + 14],
            [x - wide * 0.48, top],
            [x + wide * 0.46, top + 2],
            [x + wide * 0.54, top + 18],
            [x + wide * 0.82, foot],
        );
    const dunes = (level: number, fill: string) =>
        hills(fill, ...steps(4, 0, width).map((x) => [x, level + draw.between(-9, 9)] as const));
    const cactus = (x: number, foot: number, tall: number) =>
        line(
            `M${x} ${foot}V${foot - tall}M${x} ${foot - tall * 0.4}h${-tall * 0.26}v${-tall * 0.26}M${x} ${foot - tall * 0.28}h${tall * 0.24}v${-tall * 0.3}`,
            near,
            tall * 0.13,
        );
    return (
        glow(middle, draw.between(105, 130), draw.between(34, 50), light) +
        mesa(draw.between(20, 60), draw.between(50, 80), draw.between(120, 140), 200, mixed(far, near, 0.15)) +
        mesa(draw.between(130, 180), draw.between(40, 90), draw.between(105, 130), 200, mixed(far, near, 0.32)) +
        dunes(186, mixed(far, near, 0.5)) +
        dunes(206, mixed(far, near, 0.78)) +
        cactus(draw.of([34, 52, 150, 168]), 218, draw.between(34, 52)) +
        dunes(222, near)
    );
};

export const planet: Motif = (draw, { top, far, near, light }) => {
    const [x, y, radius] = [draw.between(50, 150), draw.between(95, 135), draw.between(44, 66)];
    const tilt = draw.of([-24, -14, 16, 28]);
    const body =
        circle(x, y, radius, far) +
        circle(x - radius * 0.12, y - radius * 0.1, radius * 0.86, mixed(far, light, 0.18)) +
        circle(x - radius * 0.24, y - radius * 0.2, radius * 0.64, mixed(far, light, 0.34)) +
        circle(x - radius * 0.34, y - radius * 0.3, radius * 0.36, mixed(far, light, 0.55));
    const belt = (d: string) =>
        `<g transform="rotate(${tilt} ${Math.round(x)} ${Math.round(y)})">${line(d, light, 3.2, 0.9)}${line(d, top, 0.9, 0.8)}</g>`;
    const [wide, flat] = [radius * 1.65, radius * 0.36];
    const half = (sweep: 0 | 1) =>
        `M${Math.round(x - wide)} ${Math.round(y)}A${Math.round(wide)} ${Math.round(flat)} 0 0 ${sweep} ${Math.round(x + wide)} ${Math.round(y)}`;
    const ringed = draw.chance(0.6);
    return (
        stars(draw, light, 70, 250) +
        circle(x, y, radius * 1.3, far, 0.16) +
        (ringed ? belt(half(1)) : "") +
        body +
        (ringed ? belt(half(0)) : circle(x + radius * 1.25, y - radius * 1.05, radius * 0.17, light)) +
        hills(mixed(near, far, 0.28), [0, 262], [70, 236], [140, 252], [200, 228]) +
        hills(near, [0, 252], [60, 266], [130, 250], [200, 266])
    );
};

export const wood: Motif = (draw, { far, near, light }) => {
    const moon = glow(draw.between(60, 140), draw.between(80, 115), draw.between(34, 48), light);
    const row = (level: number, fill: string, thick: number) =>
        Array.from({ length: 17 }, (_, at) => {
            const x = (at / 16) * 210 - 5 + draw.between(-6, 6);
            const tall = draw.between(60, 150) * (thick / 10 + 0.25);
            const lean = draw.between(-9, 9);
            return polygon(fill, 1, [x - thick * 0.55, height], [x + lean, level - tall], [x + thick * 0.55, height]);
        }).join("");
    const mist = (y: number) => rect(0, y, width, 16, light, 0.07, 8);
    return (
        moon +
        row(225, mixed(far, near, 0.2), 6) +
        mist(186) +
        row(240, mixed(far, near, 0.6), 8) +
        mist(214) +
        row(270, near, 10)
    );
};

export const skyline: Motif = (draw, { far, near, light }) => {
    const block = (level: number, fill: string, lit: number) => {
        let drawn = "";
        for (let x = -4; x < width; ) {
            const [wide, top] = [draw.between(16, 34), level - draw.between(0, 80)];
            drawn += rect(x, top, wide, height - top, fill);
            if (draw.chance(0.3)) drawn += rect(x + wide / 2 - 0.8, top - 14, 1.6, 14, fill);
            for (let y = top + 6; y < 262; y += 8) {
                for (let across = x + 4; across < x + wide - 5; across += 6) {
                    if (draw.chance(lit)) drawn += rect(across, y, 2.6, 3.8, light, draw.between(0.5, 0.95));
                }
            }
            x += wide + draw.between(-1, 3);
        }
        return drawn;
    };
    return (
        glow(draw.between(40, 160), draw.between(50, 80), draw.between(15, 26), light) +
        block(180, mixed(far, near, 0.05), 0) +
        block(205, mixed(far, near, 0.45), 0.09) +
        block(238, near, 0.16)
    );
};

export const sea: Motif = (draw, { far, near, light }) => {
    const [level, x, radius] = [draw.between(140, 165), draw.between(60, 140), draw.between(28, 50)];
    const glints = steps(11, level + 5, 268)
        .map((y, at) => {
            const half = draw.between(0.25, 1) * radius * (1 - at * 0.035);
            return rect(x - half + draw.between(-7, 7), y, half * 2, 2.4, light, 0.85 - at * 0.055, 1.2);
        })
        .join("");
    const boat = draw.of([x - 58, x + 52]);
    return (
        glow(x, level - radius * draw.of([0, 0.55, 1.3]), radius, light) +
        rect(0, level, width, height - level, mixed(far, near, 0.35)) +
        rect(0, level + 50, width, height, mixed(far, near, 0.6)) +
        rect(0, level + 96, width, height, near, 0.75) +
        glints +
        path(`M${boat} ${level + 3}h20l-4 6h-13zM${boat + 9} ${level + 1}v-22l11 20z`, near)
    );
};
