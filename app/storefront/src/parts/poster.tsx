import { useId, useMemo, useRef } from "preact/hooks";
import { useNear } from "../hooks.ts";
import type { Face, Measure } from "../poster/lettering.ts";
import { artwork, type Drawn, poster } from "../poster/poster.ts";

let pen: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

/** Text widths with this browser's fonts. */
const measured: Measure = (text, { family, weight, spacing }: Face) => {
    const key = `${weight} ${family} ${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known + text.length * spacing;
    pen ??= document.createElement("canvas").getContext("2d");
    if (pen === null) return text.length * 0.8;
    pen.font = `${weight} 100px ${family}`;
    const width = pen.measureText(text).width / 100;
    widths.set(key, width);
    return width + text.length * spacing;
};

/** Addresses of drawn posters: one film is in several rows. */
const drawn = new Map<string, string>();

function addressOf(film: Drawn): string {
    const key = JSON.stringify([film.title, film.year, film.genres]);
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 300">${poster(film, measured)}</svg>`;
    const address = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    drawn.set(key, address);
    return address;
}

/** A film's drawn poster, once it is near the view; the text beside it describes it. One element, whatever it shows. */
export function Poster({ film }: { film: Drawn }) {
    const image = useRef<HTMLImageElement>(null);
    const isNear = useNear(image);
    return <img ref={image} class="poster" alt="" decoding="async" src={isNear ? addressOf(film) : undefined} />;
}

/** The middle of a film's picture without letters, for a wide space. In the document: no image delays the largest paint. */
export function Artwork({ film }: { film: Drawn }) {
    const id = useId();
    const { title, year } = film;
    const inside = useMemo(() => artwork(film, id), [title, year, id]);
    return (
        <svg
            class="artwork"
            viewBox="0 50 200 130"
            preserveAspectRatio="xMidYMid slice"
            aria-hidden="true"
            // Created by poster.ts, which escapes the catalogue's texts
            dangerouslySetInnerHTML={{ __html: inside }}
        />
    );
}
