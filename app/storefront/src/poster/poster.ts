import * as figures from "./figures.ts";
import * as forms from "./forms.ts";
import { escaped, type Face, faces, lettered, type Measure, setTitle } from "./lettering.ts";
import { choosePalettes, luminance, mixed, type Palette, tellingGenre } from "./palettes.ts";
import * as places from "./places.ts";
import { type Draw, drawFor, hashText } from "./seed.ts";
import { height, rect, width } from "./shapes.ts";

/** The film's values that determine its poster. */
export interface Drawn {
    readonly title: string;
    readonly year: number | null;
    readonly genres: readonly string[];
}

type Motifs = readonly [places.Motif, ...places.Motif[]];

const { alone, blinds, burst, doorway, vortex } = figures;
const { arches, balloons, pair, pulse, sound, tiles } = forms;
const { mesas, planet, ridges, sea, skyline, wood } = places;

const motifs: Readonly<Record<string, Motifs>> = {
    action: [burst, skyline],
    adventure: [ridges, sea, ridges, alone],
    animation: [balloons, tiles],
    "children's": [balloons, tiles, ridges],
    comedy: [tiles, arches, tiles, pair],
    crime: [skyline, blinds, doorway],
    documentary: [pulse, arches],
    drama: [alone, sea, doorway, arches, ridges, pulse],
    fantasy: [planet, ridges],
    "film-noir": [blinds, doorway, skyline],
    horror: [wood, vortex, doorway, wood],
    musical: [sound],
    mystery: [doorway, vortex, wood],
    romance: [pair, sea, pair, arches],
    "sci-fi": [planet, planet, vortex],
    thriller: [vortex, doorway, blinds, skyline],
    war: [burst, ridges],
    western: [mesas],
};
const usual: Motifs = [arches, pulse, alone];

const facesOf: Readonly<Record<string, readonly [Face, ...Face[]]>> = {
    comedy: [faces.shout, faces.calm],
    drama: [faces.book, faces.calm, faces.wide, faces.book],
    romance: [faces.book, faces.calm],
    "film-noir": [faces.tall, faces.wide],
    documentary: [faces.calm],
    western: [faces.shout, faces.book],
};
const usualFaces = [faces.shout, faces.tall, faces.calm, faces.wide] as const;

const cream = "#fdf6e6";
const ink = "#14110f";

/**
 * Returns a film's picture without letters, as the content of an SVG of 200 by 300. The same film always gets the same
 * picture.
 *
 * @param id prefix of the gradient's ID, which must be unique in its document
 */
export function artwork(film: Drawn, id = ""): string {
    return picture(film, id).art;
}

/**
 * Returns a film's poster as the content of an SVG of 200 by 300: artwork, title and year. The same film always gets
 * the same poster.
 */
export function poster(film: Drawn, measure?: Measure): string {
    const { art, colours, draw, genre } = picture(film);
    const face = draw.of(facesOf[genre] ?? usualFaces);
    const foot = mixed(colours.near, "#000000", 0.25);
    const letters = luminance(foot) < 0.3 ? cream : ink;
    const box = { width: width - 32, height: 88, largest: 44, mostLines: 4 };
    const { lines, size } = setTitle(lettered(film.title), face, box, measure);
    const text = lines
        .map((words, at) => {
            const y = height - 30 - (lines.length - 1 - at) * size * face.leading;
            return `<tspan x="16" y="${y.toFixed(1)}">${escaped(words)}</tspan>`;
        })
        .join("");
    const shade = `<defs><linearGradient id="f" x2="0" y2="1"><stop offset=".52" stop-color="${foot}" stop-opacity="0"/><stop offset=".76" stop-color="${foot}" stop-opacity=".77"/><stop offset="1" stop-color="${foot}" stop-opacity=".94"/></linearGradient></defs>${rect(0, 0, width, height, "url(#f)")}`;
    const year = film.year === null ? "" : String(film.year);
    return `${art}${shade}<text fill="${letters}" font-family='${face.family}' font-weight="${face.weight}" font-size="${size.toFixed(1)}" letter-spacing="${(face.spacing * size).toFixed(2)}">${text}</text><text x="16" y="${height - 14}" fill="${letters}" fill-opacity=".86" font-family='${faces.calm.family}' font-weight="600" font-size="8.5" letter-spacing="1.6">${year}</text>`;
}

function picture(film: Drawn, id = ""): { art: string; colours: Palette; draw: Draw; genre: string } {
    const genre = tellingGenre(film.genres);
    const draw = drawFor(`${film.title} ${film.year}`);
    const colours = draw.of(choosePalettes(genre));
    const motif = draw.of(motifs[genre] ?? usual);
    const mirrored = hashText(film.title) % 2 === 1 ? ` transform="translate(${width}) scale(-1 1)"` : "";
    const sky = `<defs><linearGradient id="${id}s" x2="0" y2="1"><stop stop-color="${colours.top}"/><stop offset="1" stop-color="${colours.bottom}"/></linearGradient></defs>`;
    return {
        art: `${sky}<rect width="${width}" height="${height}" fill="url(#${id}s)"/><g${mirrored}>${motif(draw, colours)}</g>`,
        colours,
        draw,
        genre,
    };
}
