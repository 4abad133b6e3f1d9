import { useId, useMemo } from "preact/hooks";
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

/** A film's drawn poster; the text beside it describes it. */
export function Poster({ film }: { film: Drawn }) {
    const name = useId();
    const { title, year } = film;
    const inside = useMemo(() => poster(film, name, measured), [title, year, name]);
    return <Drawing class="poster" view="0 0 200 300" inside={inside} />;
}

/** The middle of a film's picture without letters, for a wide space. */
export function Artwork({ film }: { film: Drawn }) {
    const name = useId();
    const { title, year } = film;
    const inside = useMemo(() => artwork(film, name), [title, year, name]);
    return <Drawing class="artwork" view="0 50 200 130" inside={inside} />;
}

const Drawing = (props: { class: string; view: string; inside: string }) => (
    <svg
        class={props.class}
        viewBox={props.view}
        preserveAspectRatio="xMidYMid slice"
        aria-hidden="true"
        // Created by poster.ts, which escapes the catalogue's texts
        dangerouslySetInnerHTML={{ __html: props.inside }}
    />
);
