import { useId, useMemo, useRef, useState } from "preact/hooks";
import { hasPosters } from "../data-words.ts";
import { useNear } from "../hooks.ts";
import { escaped, type Face, faces, type Measure, setTitle } from "../poster/lettering.ts";
import { artwork, type Drawn, poster } from "../poster/poster.ts";
import { hashText } from "../poster/seed.ts";

type Pictured = Drawn & { readonly image?: string };

let pen: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

/** Measures a text's width with this browser's fonts. */
const measured: Measure = (text, { family, weight, spacing }: Face) => {
    const key = `${weight} ${family} ${text}`;
    const cachedWidth = widths.get(key);
    if (cachedWidth !== undefined) return cachedWidth + text.length * spacing;
    pen ??= document.createElement("canvas").getContext("2d");
    if (pen === null) return text.length * 0.8;
    pen.font = `${weight} 100px ${family}`;
    const width = pen.measureText(text).width / 100;
    widths.set(key, width);
    return width + text.length * spacing;
};

/** Cache of the URLs of drawn posters, because several rows can show one item. */
const drawn = new Map<string, string>();

function drawImageUrl(item: Drawn): string {
    const key = JSON.stringify([item.title, item.year, item.genres]);
    const cachedImage = drawn.get(key);
    if (cachedImage !== undefined) return cachedImage;
    const [height, inside] = hasPosters ? [300, poster(item, measured)] : [tileSize, tile(item, measured)];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 ${height}">${inside}</svg>`;
    const address = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    drawn.set(key, address);
    return address;
}

/**
 * Renders an item's picture when it is near the visible area: the item's image, or else a drawn poster for a film and a
 * neutral tile for other items. The text beside the picture describes it. The function uses one `img` element for all
 * of these pictures, because `useNear` observes this element.
 */
export function Poster({ item }: { item: Pictured }) {
    const element = useRef<HTMLImageElement>(null);
    const isNear = useNear(element);
    const [broken, setBroken] = useState<string>();
    const image = item.image === broken ? undefined : item.image;
    return (
        <img
            ref={element}
            class={image === undefined ? "poster" : "poster photo"}
            alt=""
            decoding="async"
            src={isNear ? (image ?? drawImageUrl(item)) : undefined}
            onError={() => setBroken(image)}
        />
    );
}

/**
 * Renders a picture for a wide space: the middle part of a film's drawn picture, without its title, or the picture of
 * another item, which the styles blur.
 */
export const Artwork = ({ item }: { item: Pictured }) => (hasPosters ? <Scene item={item} /> : <Poster item={item} />);

/** Renders the picture as inline SVG, because the browser would count an image as the largest contentful paint. */
function Scene({ item }: { item: Drawn }) {
    const id = useId();
    const { title, year } = item;
    const inside = useMemo(() => artwork(item, id), [title, year, id]);
    return (
        <svg
            class="artwork"
            viewBox="0 50 200 130"
            preserveAspectRatio="xMidYMid slice"
            aria-hidden="true"
            // poster.ts creates this text, and escapes the catalog's texts.
            dangerouslySetInnerHTML={{ __html: inside }}
        />
    );
}

/** Pairs of colours for a tile: the background and the letters. Each pair has a contrast ratio of at least 7. */
const colours: readonly (readonly [ground: string, letters: string])[] = [
    ["#e8e4da", "#3a352b"],
    ["#dde6e8", "#263a40"],
    ["#e3e6d8", "#343a24"],
    ["#ecdfd8", "#46301f"],
    ["#e2dfea", "#352f49"],
    ["#d9e6df", "#213c2f"],
];

const tileSize = 200;

/**
 * Returns a neutral tile with a product's name, as the content of an SVG of 200 by 200; all items of a category have
 * the same colour.
 */
function tile({ title, genres }: { title: string; genres: readonly string[] }, measure?: Measure): string {
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
