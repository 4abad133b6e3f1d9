import { person } from "./figures.ts";
import { mixed } from "./palettes.ts";
import type { Motif } from "./places.ts";
import { circle, curveThrough, height, hills, line, path, rect, steps, width } from "./shapes.ts";

/** Draws two shapes that meet. */
export const pair: Motif = (draw, { far, near, light }) => {
    const [y, radius, apart] = [draw.between(100, 125), draw.between(46, 60), draw.between(24, 36)];
    const level = y + radius * draw.between(0.75, 1.1);
    const lean = draw.of([0, -12, 12]);
    return (
        circle(100 - apart, y + lean, radius, far) +
        circle(100 + apart, y - lean, radius, light) +
        path(lens(100 - apart, y + lean, 100 + apart, y - lean, radius), mixed(far, light, 0.5)) +
        rect(0, level, width, height - level, near, 0.92) +
        steps(6, level + 8, level + 70)
            .map((at, row) =>
                rect(
                    100 - apart - radius + row * 9 + draw.between(0, 16),
                    at,
                    (radius + apart) * 2 - row * 20,
                    2,
                    row % 2 ? light : far,
                    0.5 - row * 0.06,
                    1,
                ),
            )
            .join("")
    );
};

/** Returns the outline in which two circles of one radius overlap. */
function lens(ax: number, ay: number, bx: number, by: number, radius: number): string {
    const [dx, dy] = [bx - ax, by - ay];
    const apart = Math.hypot(dx, dy);
    const rise = Math.sqrt(radius ** 2 - (apart / 2) ** 2);
    const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
    const [ox, oy] = [(-dy / apart) * rise, (dx / apart) * rise];
    return `M${mx + ox} ${my + oy}A${radius} ${radius} 0 0 1 ${mx - ox} ${my - oy}A${radius} ${radius} 0 0 1 ${mx + ox} ${my + oy}z`;
}

/** Draws tiles in cheerful colours. */
export const tiles: Motif = (draw, { top, far, near, light, bottom }) => {
    const size = 50;
    const colours = [far, near, light, mixed(far, light, 0.5)] as const;
    const tile = (x: number, y: number) => {
        const [under, over] = [draw.of([top, bottom, ...colours]), draw.of(colours)];
        const form = draw.whole(0, 5);
        const [right, foot] = [x + size, y + size];
        const forms = [
            circle(x + size / 2, y + size / 2, size * 0.36, over),
            path(`M${x} ${y}H${right}A${size} ${size} 0 0 1 ${x} ${foot}z`, over),
            path(`M${right} ${foot}H${x}A${size} ${size} 0 0 1 ${right} ${y}z`, over),
            path(`M${x} ${y + size / 2}A25 25 0 0 1 ${right} ${y + size / 2}z`, over) +
                path(`M${x} ${foot}A25 25 0 0 1 ${right} ${foot}z`, over),
            path(`M${x} ${foot}L${right} ${y}V${foot}z`, over),
            circle(x + size / 2, y + size / 2, size * 0.4, over) +
                circle(x + size / 2, y + size / 2, size * 0.2, under),
        ];
        return rect(x, y, size + 0.3, size + 0.3, under) + forms[form];
    };
    const wall = [0, 50, 100, 150].flatMap((y) => [0, 50, 100, 150].map((x) => tile(x, y))).join("");
    return wall + rect(0, 200, width, 100, near);
};

/** Draws hills, a sun, and balloons. */
export const balloons: Motif = (draw, { top, far, near, light }) => {
    const clouds = [0, 1].map(() => {
        const [x, y] = [draw.between(20, 150), draw.between(30, 90)];
        return (
            circle(x, y, 13, "#ffffff", 0.75) +
            circle(x + 15, y - 5, 16, "#ffffff", 0.75) +
            circle(x + 32, y, 12, "#ffffff", 0.75)
        );
    });
    const balloon = (x: number, y: number, radius: number, fill: string) =>
        line(`M${Math.round(x)} ${Math.round(y)}Q${Math.round(x - 8)} ${Math.round(y + 50)} 100 214`, near, 0.8, 0.7) +
        `<ellipse cx="${Math.round(x)}" cy="${Math.round(y)}" rx="${Math.round(radius)}" ry="${Math.round(radius * 1.18)}" fill="${fill}"/>` +
        circle(x - radius * 0.3, y - radius * 0.45, radius * 0.22, "#ffffff", 0.6);
    return (
        clouds.join("") +
        balloon(draw.between(60, 85), draw.between(95, 120), 19, far) +
        balloon(draw.between(112, 140), draw.between(85, 110), 21, light) +
        balloon(draw.between(92, 108), draw.between(60, 82), 18, mixed(near, top, 0.25)) +
        hills(mixed(far, near, 0.3), [0, 226], [55, 196], [120, 218], [200, 190]) +
        person(100, 226, 26, near) +
        hills(mixed(far, near, 0.65), [0, 212], [70, 230], [140, 216], [200, 232])
    );
};

/** Draws a sound wave as bars. */
export const sound: Motif = (draw, { far, near, light }) =>
    steps(15, 14, 186)
        .map((x, at) => {
            const swell = Math.sin((at / 14) * Math.PI);
            const tall = 14 + draw.between(0.35, 1) * 88 * (0.25 + swell);
            return rect(x - 4, 118 - tall, 8, tall * 2, mixed(light, far, at / 14), 1, 4);
        })
        .join("") + rect(0, 117, width, 2, near, 0.6);

/** Draws the lines of a map, or of a pulse. */
export const pulse: Motif = (draw, { bottom, near, light }) => {
    const middle = draw.between(70, 130);
    return steps(15, 42, 214)
        .map((y, row) => {
            const outline = steps(25, 12, 188).map((x) => {
                const near = Math.exp(-(((x - middle) / 34) ** 2));
                return [x, y - near * draw.between(4, 46) - draw.between(0, 2)] as const;
            });
            return (
                path(`${curveThrough(outline)}V${y + 12}H12z`, bottom) +
                line(curveThrough(outline), row % 5 === 2 ? light : near, row % 5 === 2 ? 2 : 1.3)
            );
        })
        .join("");
};

/** Draws nested arches. */
export const arches: Motif = (draw, { far, near, light, top }) => {
    const [x, level] = [draw.of([60, 100, 140]), draw.between(205, 222)];
    const bands = [near, far, light, mixed(far, near, 0.5), mixed(light, top, 0.5), near];
    return (
        bands
            .map((fill, at) => {
                const half = 92 - at * 15;
                return path(
                    `M${x - half} ${level}V${level - 88}A${half} ${half} 0 0 1 ${x + half} ${level - 88}V${level}z`,
                    fill,
                );
            })
            .join("") +
        rect(0, level, width, height - level, near) +
        person(x, level, 26, light)
    );
};
