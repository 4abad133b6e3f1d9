import { escaped, faces, type Measure, setTitle } from "./lettering.ts";
import { hashText } from "./seed.ts";

/** Pairs of colours for a tile: the background and the letters. Each pair has a contrast ratio of at least 7. */
const colours: readonly (readonly [ground: string, letters: string])[] = [
    ["#e8e4da", "#3a352b"],
    ["#dde6e8", "#263a40"],
    ["#e3e6d8", "#343a24"],
    ["#ecdfd8", "#46301f"],
    ["#e2dfea", "#352f49"],
    ["#d9e6df", "#213c2f"],
];

export const tileSize = 200;

/**
 * Returns a neutral tile with a product's name, as the content of an SVG of 200 by 200; all items of a category have
 * the same colour.
 */
export function tile({ title, genres }: { title: string; genres: readonly string[] }, measure?: Measure): string {
    const [ground = "", letters = ""] = colours[hashText(genres[0] ?? "") % colours.length] ?? [];
    const face = faces.calm;
    const box = { width: tileSize - 32, height: 96, largest: 24, mostLines: 4 };
    const { lines, size } = setTitle(title, face, box, measure);
    const step = size * face.leading;
    const first = tileSize / 2 - ((lines.length - 1) * step) / 2 + size * 0.35;
    const text = lines.map(
        (words, at) => `<tspan x="${tileSize / 2}" y="${(first + at * step).toFixed(1)}">${escaped(words)}</tspan>`,
    );
    return `<rect width="${tileSize}" height="${tileSize}" fill="${ground}"/><text fill="${letters}" text-anchor="middle" font-family='${face.family}' font-weight="${face.weight}" font-size="${size.toFixed(1)}" letter-spacing="${(face.spacing * size).toFixed(2)}">${text.join("")}</text>`;
}
