export type Palette = ReturnType<typeof palette>;

/**
 * Returns the colours of a poster, as #rrggbb: the background colours at top and bottom, colours of distant and near
 * objects, and the accent colour.
 */
const palette = (top: string, bottom: string, far: string, near: string, light: string) => ({
    top,
    bottom,
    far,
    near,
    light,
});

type Palettes = readonly [Palette, ...Palette[]];

/** Palettes and motifs by genre: MovieLens' genres and other spellings, in lower case. */
const byGenre: Readonly<Record<string, Palettes>> = {
    action: [
        palette("#2b0a0d", "#8c1c13", "#bf4342", "#1a0608", "#ffb627"),
        palette("#0d1b2a", "#1b3a5c", "#ee6c4d", "#0a1420", "#ffd166"),
        palette("#1c1c1c", "#3d3d3d", "#e4572e", "#111111", "#f3a712"),
    ],
    adventure: [
        palette("#f2cc8f", "#e07a5f", "#81b29a", "#3d405b", "#f4f1de"),
        palette("#0b3c49", "#13747d", "#5fad8c", "#072a33", "#fce38a"),
        palette("#fb8b24", "#9a031e", "#d9652b", "#3b0d11", "#ffe8b6"),
    ],
    animation: [
        palette("#7bdff2", "#b2f7ef", "#f7aef8", "#3a5a8c", "#ffd23f"),
        palette("#ffcb77", "#fe6d73", "#17c3b2", "#227c9d", "#fef9ef"),
    ],
    "children's": [
        palette("#ffe066", "#f9a03f", "#70c1b3", "#247ba0", "#fff5e1"),
        palette("#a0e7e5", "#b4f8c8", "#ffaebc", "#3d6a80", "#fbe7c6"),
    ],
    comedy: [
        palette("#ffbe0b", "#fb8500", "#ff006e", "#3a0ca3", "#fff3d6"),
        palette("#f6e7cb", "#f2c6a0", "#e4572e", "#17594a", "#ffc145"),
        palette("#ffd6e0", "#ff9fb2", "#ef476f", "#26547c", "#ffd166"),
    ],
    crime: [
        palette("#14213d", "#27375e", "#33456e", "#0a1122", "#fca311"),
        palette("#2d1e2f", "#5c374c", "#7a4b5e", "#170f18", "#f7b267"),
        palette("#10261f", "#1f4a3c", "#2f6652", "#08140f", "#e9c46a"),
    ],
    documentary: [
        palette("#f1ede4", "#ddd6c6", "#8d99ae", "#2b2d42", "#d90429"),
        palette("#1f2d2b", "#31504a", "#7fb8a4", "#101a18", "#f4d58d"),
    ],
    drama: [
        palette("#233142", "#455d7a", "#8aa2b8", "#151f2b", "#f95959"),
        palette("#e9d8c4", "#d3a588", "#a26769", "#4a2c3a", "#fff6e9"),
        palette("#0f4c5c", "#5f7a76", "#e36414", "#08303b", "#fbe3b1"),
    ],
    fantasy: [
        palette("#10002b", "#5a189a", "#7b2cbf", "#0a001c", "#ffd6ff"),
        palette("#0b2545", "#13a1a6", "#1b6f8a", "#061529", "#f6f1c1"),
        palette("#41295a", "#c86b98", "#7d4a86", "#24142f", "#ffe29a"),
    ],
    "film-noir": [
        palette("#15161a", "#3a3d44", "#7d8087", "#08080a", "#f2ead3"),
        palette("#1c1613", "#4a3b32", "#8c7763", "#0c0907", "#f3dfb8"),
    ],
    horror: [
        palette("#12090c", "#4a0e17", "#7a1420", "#060304", "#e8e1cf"),
        palette("#08130f", "#1d3b2f", "#2f5d46", "#030806", "#d6e681"),
        palette("#1a1023", "#4b1d3f", "#70284e", "#0b0610", "#ff6b4a"),
    ],
    musical: [
        palette("#1b1464", "#6f1ab6", "#ff4d6d", "#100b3b", "#ffd60a"),
        palette("#fff0d9", "#ffc7a6", "#ef5d60", "#3d2645", "#f7b801"),
    ],
    mystery: [
        palette("#0e1a24", "#24465a", "#4d7a8c", "#070e14", "#f5c76a"),
        palette("#1e1b2e", "#413a63", "#6c629c", "#100e1a", "#f2a65a"),
        palette("#26201a", "#6b4f34", "#93714b", "#120e0a", "#f0e2c0"),
    ],
    romance: [
        palette("#ffd9cf", "#f7a399", "#e5626a", "#6d2e46", "#fff3e6"),
        palette("#3b1c32", "#a64253", "#d87576", "#220f1d", "#ffd8be"),
        palette("#f3e9dc", "#e3b7a0", "#c08497", "#5e3449", "#ffffff"),
    ],
    "sci-fi": [
        palette("#050a1a", "#102a5e", "#2a5fa8", "#030612", "#5ef2ff"),
        palette("#14061f", "#3a1458", "#c2416b", "#0a0311", "#ffb86b"),
        palette("#04191b", "#0b4f52", "#1c8a82", "#021011", "#d8ff6b"),
    ],
    thriller: [
        palette("#0b0f14", "#26323f", "#c1121f", "#06080b", "#f1faee"),
        palette("#f0e9da", "#d9cbb0", "#d64933", "#1c1c1c", "#fffaf0"),
        palette("#101c26", "#1f4e5f", "#f26419", "#080f14", "#f6f1d1"),
    ],
    war: [
        palette("#d8c99b", "#a47e3b", "#6b5d34", "#2b2a1e", "#f4e7c3"),
        palette("#28332b", "#59694f", "#7f8f6a", "#151b16", "#e9a13b"),
        palette("#35393c", "#7a4a36", "#a5623f", "#191a1b", "#f2c078"),
    ],
    western: [
        palette("#f4b860", "#c83e1d", "#a43a1b", "#40150b", "#fff1cf"),
        palette("#f7dba7", "#e08e45", "#b35a2c", "#41292c", "#fff8e7"),
        palette("#2e4057", "#d17a5b", "#8f4f45", "#1d1a26", "#ffdd9b"),
    ],
};

const otherGenres: Readonly<Record<string, string>> = {
    children: "children's",
    family: "children's",
    history: "war",
    imax: "adventure",
    music: "musical",
    noir: "film-noir",
    "science fiction": "sci-fi",
};

const plain: Palettes = [
    palette("#23303d", "#54707f", "#8fb0bb", "#141c24", "#f3d9a4"),
    palette("#e8e2d6", "#c9bfae", "#7f8c8d", "#2f3e46", "#e76f51"),
];

/** Genres, ordered by how strongly they determine the look of a film's poster. */
const tellingFirst = [
    ...["film-noir", "western", "sci-fi", "musical", "war", "horror", "fantasy", "animation", "documentary"],
    ...["mystery", "children's", "crime", "romance", "thriller", "adventure", "action", "comedy", "drama"],
];

/** Returns the known genre that determines the look of the poster most; "" without a known genre. */
export function tellingGenre(genres: readonly string[]): string {
    const canonicalGenres = genres.map((genre) => genre.toLowerCase()).map((genre) => otherGenres[genre] ?? genre);
    return tellingFirst.find((genre) => canonicalGenres.includes(genre)) ?? "";
}

export const choosePalettes = (genre: string): Palettes => byGenre[genre] ?? plain;

/** Returns a colour between two colours. `part` is the share of the second one. */
export function mixed(from: string, to: string, part: number): string {
    const [a, b] = [Number.parseInt(from.slice(1), 16), Number.parseInt(to.slice(1), 16)];
    const channel = (shift: number) => {
        const [low, high] = [(a >> shift) & 255, (b >> shift) & 255];
        return Math.round(low + (high - low) * part) << shift;
    };
    return `#${(channel(16) | channel(8) | channel(0)).toString(16).padStart(6, "0")}`;
}

/** Returns the brightness of a colour, from 0 to 1 (WCAG's relative luminance). */
export function luminance(colour: string): number {
    const value = Number.parseInt(colour.slice(1), 16);
    const linear = (shift: number) => {
        const part = ((value >> shift) & 255) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0);
}
