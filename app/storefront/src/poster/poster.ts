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

const { alone, blinds, burst, doorway, rays, vortex } = figures;
const { arches, balloons, pair, pulse, sound, tiles, vinyl } = forms;
const { castle, highway, mesas, planet, ridges, sea, skyline, wood } = places;

const motifs: Readonly<Record<string, Motifs>> = {
    action: [burst, highway, burst, skyline],
    adventure: [ridges, sea, ridges, alone],
    animation: [balloons, tiles, castle],
    "children's": [balloons, tiles, ridges],
    comedy: [tiles, arches, tiles, pair],
    crime: [skyline, blinds, doorway],
    documentary: [pulse, arches],
    drama: [alone, sea, doorway, arches, ridges, pulse],
    fantasy: [castle, planet, castle],
    "film-noir": [blinds, doorway, skyline],
    horror: [wood, vortex, doorway, wood],
    musical: [sound, vinyl],
    mystery: [doorway, vortex, wood],
    romance: [pair, sea, pair, arches],
    "sci-fi": [planet, highway, planet, vortex],
    thriller: [vortex, doorway, blinds, skyline],
    war: [rays, ridges, rays],
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
    const high = draw.chance(0.16) && genre !== "western";
    const foot = mixed(colours.near, "#000000", 0.25);
    const dark = luminance(high ? colours.top : foot) < 0.3;
    const letters = dark ? cream : ink;
    const box = { width: width - 32, height: high ? 78 : 88, largest: 44, mostLines: 4 };
    const { lines, size } = setTitle(lettered(film.title), face, box, measure);
    const step = size * face.leading;
    const last = high ? 32 + size * 0.74 + (lines.length - 1) * step : height - 30;
    const text = lines
        .map((words, at) => {
            const y = last - (lines.length - 1 - at) * step;
            return `<tspan x="16" y="${y.toFixed(1)}">${escaped(words)}</tspan>`;
        })
        .join("");
    const shade = high ? `<rect width="${width}" height="150" fill="url(#h)"/>` : rect(0, 0, width, height, "url(#f)");
    const small = film.year === null ? "" : String(film.year);
    const yearAt = high ? height - 16 : height - 14;
    return `${art}<defs>${drawShade("f", foot, 0.52, 0.76, 0.94)}${drawShade("h", colours.top, 1, 0.45, 0.92, true)}</defs>${shade}<text fill="${letters}" font-family='${face.family}' font-weight="${face.weight}" font-size="${size.toFixed(1)}" letter-spacing="${(face.spacing * size).toFixed(2)}">${text}</text><text x="16" y="${yearAt}" fill="${high ? cream : letters}" fill-opacity=".86" font-family='${faces.calm.family}' font-weight="600" font-size="8.5" letter-spacing="1.6">${small}</text>`;
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

/**
 * Returns a shade whose opacity grows from the height `from` to the height `full`: downwards, or upwards if `turned`.
 */
function drawShade(id: string, colour: string, from: number, full: number, most: number, turned = false): string {
    const way = turned ? 'x1="0" y1="1" x2="0" y2="0"' : 'x2="0" y2="1"';
    const start = turned ? 0 : from;
    return `<linearGradient id="${id}" ${way}><stop offset="${start}" stop-color="${colour}" stop-opacity="0"/><stop offset="${full}" stop-color="${colour}" stop-opacity="${most * 0.82}"/><stop offset="1" stop-color="${colour}" stop-opacity="${most}"/></linearGradient>`;
}
