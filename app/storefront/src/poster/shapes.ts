/** Size of a poster: every picture is 200 by 300. */
export const width = 200;
export const height = 300;

type Point = readonly [x: number, y: number];

const short = (value: number) => String(Math.round(value * 10) / 10);
const opacityAttribute = (opacity: number) =>
    opacity === 1 ? "" : ` fill-opacity="${Math.round(opacity * 100) / 100}"`;

/**
 * Returns SVG shapes as text. They have presentation attributes only, because the page's policy forbids inline styles.
 */
export const rect = (x: number, y: number, w: number, h: number, fill: string, opacity = 1, round = 0) =>
    `<rect x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}" fill="${fill}"${round ? ` rx="${short(round)}"` : ""}${opacityAttribute(opacity)}/>`;

export const circle = (x: number, y: number, radius: number, fill: string, opacity = 1) =>
    `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="${fill}"${opacityAttribute(opacity)}/>`;

export const path = (d: string, fill: string, opacity = 1) =>
    `<path d="${d}" fill="${fill}"${opacityAttribute(opacity)}/>`;

export const line = (d: string, stroke: string, thick: number, opacity = 1) =>
    `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${short(thick)}" stroke-linecap="round" stroke-linejoin="round"${opacity === 1 ? "" : ` stroke-opacity="${opacity}"`}/>`;

export const polygon = (fill: string, opacity: number, ...points: readonly Point[]) =>
    path(`${pathThrough(points)}z`, fill, opacity);

export const pathThrough = (points: readonly Point[]) =>
    `M${points.map(([x, y]) => `${short(x)} ${short(y)}`).join("L")}`;

/** Returns a curve through the points. At each point, the curve is horizontal. */
export const curveThrough = (points: readonly Point[]) =>
    points
        .map(([x, y], at) => {
            const before = points[at - 1];
            if (before === undefined) return `M${short(x)} ${short(y)}`;
            const half = short((before[0] + x) / 2);
            return `C${half} ${short(before[1])} ${half} ${short(y)} ${short(x)} ${short(y)}`;
        })
        .join("");

/** Returns the area below an outline, down to the poster's bottom edge. */
export const ground = (outline: string, fill: string) => path(`${outline}V${height}H0z`, fill);

/** Returns the area below a curve through these points. */
export const hills = (fill: string, ...points: readonly Point[]) => ground(curveThrough(points), fill);

/** Returns `count` evenly spaced numbers between `from` and `to`. */
export const steps = (count: number, from: number, to: number) =>
    Array.from({ length: count }, (_, at) => from + ((to - from) * at) / Math.max(1, count - 1));
